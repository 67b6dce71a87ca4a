package io.github.llmcache.langchain4j.memory;

import dev.langchain4j.store.memory.chat.ChatMemoryStore;
import dev.langchain4j.store.memory.chat.InMemoryChatMemoryStore;
import io.github.llmcache.testing.RealRedis;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;

/** LangChain4j's own store and the one in Redis, side by side. */
class ChatMemoryStoreTests {

    @Nested
    class In_memory extends ChatMemoryStoreContract {

        private final ChatMemoryStore store = new InMemoryChatMemoryStore();

        @Override
        ChatMemoryStore store() {
            return store;
        }
    }

    @Nested
    class With_lettuce extends InRedis {

        @Override
        Client client(int port) {
            return Client.lettuce(port);
        }
    }

    @Nested
    class With_jedis extends InRedis {

        @Override
        Client client(int port) {
            return Client.jedis(port);
        }
    }

    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    abstract static class InRedis extends ChatMemoryStoreContract {

        private Client client;

        abstract Client client(int port);

        @BeforeAll
        void connect() {
            client = client(RealRedis.shared().port());
        }

        @BeforeEach
        void empty() {
            RealRedis.shared();
        }

        @AfterAll
        void close() {
            client.close();
        }

        @Override
        ChatMemoryStore store() {
            return client.store();
        }
    }
}
