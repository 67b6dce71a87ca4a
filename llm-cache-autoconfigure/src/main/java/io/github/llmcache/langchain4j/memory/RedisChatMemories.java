package io.github.llmcache.langchain4j.memory;

import java.util.Objects;

/**
 * Makes the memories of conversations; {@code memories::of} is a {@code ChatMemoryProvider} for AI services.
 *
 * <p>Thread-safe.
 */
public final class RedisChatMemories {

    private final RedisChatMemoryStore store;
    private final int maxMessages;

    /**
     * Creates the factory.
     *
     * @param store where the conversations are kept
     * @param maxMessages how many messages of each are kept, at least one
     */
    public RedisChatMemories(RedisChatMemoryStore store, int maxMessages) {
        this.store = Objects.requireNonNull(store, "store");
        this.maxMessages = maxMessages;
    }

    /**
     * Makes the memory of one conversation. It takes no command to Redis, and need not be closed.
     *
     * @param memoryId the memory id
     * @return its memory
     */
    public RedisChatMemory of(Object memoryId) {
        return new RedisChatMemory(store, memoryId, maxMessages);
    }
}
