package io.github.llmcache.langchain4j.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.UserMessage;
import io.github.llmcache.testing.RealCluster;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Conversations in a Redis Cluster, on other servers than the list of them. */
class RedisChatMemoryClusterTests {

    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void conversations_on_all_nodes_are_kept_listed_and_deleted(String name) {
        try (RealCluster cluster = RealCluster.start();
                Client client = Client.of(name, cluster)) {
            RedisChatMemoryStore store = client.store();
            List<ChatMessage> messages = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                ChatSession session = new ChatSession("ada", "session " + i);
                RedisChatMemory memory = new RedisChatMemory(store, session, 5);
                memory.add(UserMessage.from("hi"));
                memory.add(UserMessage.from("there"));
                assertThat(memory.messages()).hasSize(2);
                store.updateMessages(session, memory.messages());
                messages.addAll(memory.messages());
            }
            assertThat(messages).hasSize(60);
            assertThat(cluster.nodes())
                    .allMatch(node -> !node.commands().keys("chat:*").isEmpty());

            assertThat(store.sessions("ada")).hasSize(30);
            store.deleteMessages(new ChatSession("ada", "session 0"));
            assertThat(store.sessions("ada")).hasSize(29);
            assertThat(store.deleteAll("ada")).isEqualTo(29);
            assertThat(cluster.nodes()).allMatch(node -> node.commands().dbsize() == 0);
        }
    }
}
