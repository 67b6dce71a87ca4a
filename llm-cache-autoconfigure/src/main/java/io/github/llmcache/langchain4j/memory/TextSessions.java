package io.github.llmcache.langchain4j.memory;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Set;
import java.util.UUID;

/** Makes sessions of ids whose text is the same in every JVM. */
final class TextSessions {

    static final String SESSION = "default";

    /** What LangChain4j's AI services give as the memory id of a method that has none. */
    private static final String NO_ID = "default";

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
        if (memoryId.equals(NO_ID)) {
            throw new IllegalArgumentException(
                    "The memory id \"" + NO_ID + "\" is what LangChain4j uses for methods of AI"
                            + " services without @MemoryId, so all users would share one conversation. Add a parameter with"
                            + " @MemoryId to the method, or, where one conversation of all is meant, give its memory a"
                            + " ChatSession.");
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
