package io.github.llmcache.langchain4j.memory;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Set;
import java.util.UUID;

/** Makes sessions of ids whose text is the same in every JVM. */
final class TextSessions {

    static final String SESSION = "default";

    private static final Set<Class<?>> STABLE = Set.of(
            String.class,
            Integer.class,
            Long.class,
            Short.class,
            Byte.class,
            Double.class,
            Float.class,
            BigInteger.class,
            BigDecimal.class,
            UUID.class,
            Character.class,
            Boolean.class);

    private TextSessions() {}

    static ChatSession resolve(Object memoryId) {
        if (memoryId instanceof ChatSession session) {
            return session;
        }
        if (memoryId instanceof Enum<?> constant) {
            return new ChatSession(constant.name(), SESSION);
        }
        if (STABLE.contains(memoryId.getClass())) {
            return new ChatSession(memoryId.toString(), SESSION);
        }
        throw new IllegalArgumentException("A memory id of " + memoryId.getClass()
                + " has no text that is sure to be the same in every JVM. Use a ChatSession, a String, a number, a UUID or"
                + " an enum constant, or declare a ChatSessionResolver bean.");
    }
}
