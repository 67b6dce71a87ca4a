package io.github.llmcache.autoconfigure.langchain4j.memory;

import io.github.llmcache.autoconfigure.InvalidLlmCachePropertyException;
import io.github.llmcache.autoconfigure.LlmCacheProperties.ChatMemory;
import java.time.Duration;
import org.springframework.util.unit.DataSize;

/** Checks the settings of conversation memory. */
final class ChatMemoryProperties {

    private static final String PREFIX = "llm-cache.chat-memory.";

    /** No string in Redis is longer. */
    private static final DataSize LARGEST = DataSize.ofMegabytes(512);

    private static final Duration LONGEST = Duration.ofDays(3650);

    private ChatMemoryProperties() {}

    static Duration ttl(ChatMemory settings) {
        if (settings.ttl().compareTo(Duration.ofMillis(1)) < 0 || settings.ttl().compareTo(LONGEST) > 0) {
            throw new InvalidLlmCachePropertyException(
                    PREFIX + "ttl",
                    settings.ttl(),
                    "is not a time above zero and up to 3650d",
                    "Write a time such as 24h or 30d.");
        }
        return settings.ttl();
    }

    static long maxBytes(ChatMemory settings) {
        DataSize size = settings.maxSize();
        if (size.toBytes() <= 0 || size.compareTo(LARGEST) > 0) {
            throw new InvalidLlmCachePropertyException(
                    PREFIX + "max-size",
                    size,
                    "is not a size above zero and up to 512MB",
                    "Write a size such as 1MB. The whole conversation goes over the line with each message.");
        }
        return size.toBytes();
    }

    static int maxMessages(ChatMemory settings) {
        if (settings.maxMessages() < 1) {
            throw new InvalidLlmCachePropertyException(
                    PREFIX + "max-messages",
                    settings.maxMessages(),
                    "is not a number above zero",
                    "Write how many messages a conversation is to keep, such as 20.");
        }
        return settings.maxMessages();
    }
}
