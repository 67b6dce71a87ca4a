package io.github.llmcache.langchain4j.memory;

import dev.langchain4j.memory.ChatMemory;
import dev.langchain4j.memory.chat.MessageWindowChatMemory;
import dev.langchain4j.store.memory.chat.ChatMemoryStore;
import dev.langchain4j.store.memory.chat.InMemoryChatMemoryStore;
import io.github.llmcache.testing.RealRedis;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;

/** LangChain4j's own window of messages and the one in Redis, side by side. */
class ChatMemoryTests {

    @Nested
    class In_memory extends ChatMemoryContract {

        private final ChatMemoryStore store = new InMemoryChatMemoryStore();

        @Override
        ChatMemory memory(int maxMessages, boolean systemFirst) {
            return window(store, maxMessages, systemFirst);
        }
    }

    @Nested
    class In_memory_over_redis extends ChatMemoryContract {

        private final Client client = Client.lettuce(RealRedis.shared().port());

        @Override
        ChatMemory memory(int maxMessages, boolean systemFirst) {
            return window(client.store(), maxMessages, systemFirst);
        }

        @AfterEach
        void close() {
            client.close();
        }
    }

    @Nested
    class In_redis extends ChatMemoryContract {

        private final Client client = Client.lettuce(RealRedis.shared().port());

        @Override
        ChatMemory memory(int maxMessages, boolean systemFirst) {
            return new RedisChatMemory(client.store(), "ada", maxMessages, systemFirst);
        }

        @AfterEach
        void close() {
            client.close();
        }
    }

    private static ChatMemory window(ChatMemoryStore store, int maxMessages, boolean systemFirst) {
        return MessageWindowChatMemory.builder()
                .id("ada")
                .maxMessages(maxMessages)
                .chatMemoryStore(store)
                .alwaysKeepSystemMessageFirst(systemFirst)
                .build();
    }
}
