package io.github.llmcache.langchain4j.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.UserMessage;
import io.github.llmcache.langchain4j.memory.ChatMemoryException.Reason;
import io.github.llmcache.testing.RealRedis;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Redis that is gone, that hangs, or that refuses: no conversation is made up. */
@ExtendWith(OutputCaptureExtension.class)
class RedisChatMemoryOutageTests {

    private static final ChatSession SESSION = new ChatSession("canaryuser", "canarysession");
    private static final List<ChatMessage> MESSAGES = List.of(UserMessage.from("canarytext"));

    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void without_redis_every_use_says_so_and_afterwards_all_goes_on(String name, CapturedOutput output)
            throws Exception {
        try (RealRedis redis = RealRedis.start();
                Client client = Client.of(name, redis.port(), Duration.ofMillis(300))) {
            RedisChatMemoryStore store = client.store();
            store.updateMessages(SESSION, MESSAGES);

            redis.pause();
            unavailable(() -> store.getMessages(SESSION));
            unavailable(() -> store.sessions("canaryuser"));
            unavailable(() -> store.updateMessages(SESSION, MESSAGES));
            redis.resume();
            await().ignoreExceptions()
                    .untilAsserted(() -> assertThat(store.getMessages(SESSION)).isEqualTo(MESSAGES));

            redis.kill();
            assertUnavailable(store);
            redis.launch();
            await().ignoreExceptions()
                    .atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(store.getMessages(SESSION)).isEmpty());
            store.updateMessages(SESSION, MESSAGES);
            assertThat(store.getMessages(SESSION)).isEqualTo(MESSAGES);
        }
        assertThat(output.getAll()).doesNotContain("canary");
    }

    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void what_the_server_refuses_is_told_by_its_first_word_alone(String name) {
        // Without the command the server would quote its arguments, which are names.
        try (RealRedis redis = RealRedis.start("--rename-command", "GETEX", "");
                Client client = Client.of(name, redis.port(), Client.TIMEOUT)) {
            assertThat(unavailable(() -> client.store().getMessages(SESSION)))
                    .hasMessageContaining("ERR")
                    .hasNoCause();
        }
    }

    @Test
    void a_server_that_is_full_refuses_the_write_and_keeps_what_was_there() {
        try (RealRedis redis = RealRedis.start();
                Client client = Client.lettuce(redis.port())) {
            RedisChatMemoryStore store = client.store();
            store.updateMessages(SESSION, MESSAGES);
            redis.commands().configSet("maxmemory", "1");

            assertThat(unavailable(() -> store.updateMessages(SESSION, List.of(UserMessage.from("canarytext 2")))))
                    .hasMessageContaining("OOM");

            redis.commands().configSet("maxmemory", "0");
            assertThat(store.getMessages(SESSION)).isEqualTo(MESSAGES);
        }
    }

    private static void assertUnavailable(RedisChatMemoryStore store) {
        RedisChatMemory memory = new RedisChatMemory(store, SESSION, 5);
        unavailable(() -> store.getMessages(SESSION));
        unavailable(() -> store.updateMessages(SESSION, MESSAGES));
        unavailable(() -> store.deleteMessages(SESSION));
        unavailable(() -> store.sessions("canaryuser"));
        unavailable(() -> store.deleteAll("canaryuser"));
        unavailable(() -> memory.add(MESSAGES));
        unavailable(memory::messages);
    }

    private static ChatMemoryException unavailable(Runnable use) {
        ChatMemoryException failure = catchThrowableOfType(ChatMemoryException.class, use::run);
        assertThat(failure).isNotNull();
        assertThat(failure.reason()).isEqualTo(Reason.UNAVAILABLE);
        StringWriter trace = new StringWriter();
        failure.printStackTrace(new PrintWriter(trace));
        assertThat(trace.toString()).doesNotContain("canary");
        return failure;
    }
}
