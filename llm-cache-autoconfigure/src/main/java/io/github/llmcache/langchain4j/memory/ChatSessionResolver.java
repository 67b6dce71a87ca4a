package io.github.llmcache.langchain4j.memory;

/**
 * Tells which conversation a memory id of LangChain4j means.
 *
 * <p>A bean of this type replaces the default one. Implementations are thread-safe, and two ids that are to be two
 * conversations yield two sessions, in every JVM and after every restart.
 */
@FunctionalInterface
public interface ChatSessionResolver {

    /**
     * Tells the conversation of a memory id.
     *
     * @param memoryId the id, such as the argument marked {@code @MemoryId}
     * @return the conversation
     * @throws IllegalArgumentException if the id means none; the message should not quote it
     */
    ChatSession resolve(Object memoryId);

    /**
     * The default rule: a {@link ChatSession} is itself; the text of a {@code String}, a number, a {@code UUID}, a {@code
     * Character}, a {@code Boolean} or an enum constant (its name) is a user, whose session is {@code default}.
     *
     * <p>So the number 7 and the text {@code 7} are one conversation. All other ids are refused with an {@link
     * IllegalArgumentException} that names their class, because their text may differ from one JVM to the next. So is the
     * text {@code default}, which LangChain4j gives where a method of an AI service has no {@code @MemoryId}: all users
     * would share one conversation.
     *
     * @return the rule
     */
    static ChatSessionResolver byText() {
        return TextSessions::resolve;
    }
}
