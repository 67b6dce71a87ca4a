package io.github.llmcache.langchain4j.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ChatMessageDeserializer;
import dev.langchain4j.data.message.ChatMessageType;
import dev.langchain4j.data.message.CustomMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import io.github.llmcache.langchain4j.memory.ChatMemoryException.Reason;
import io.github.llmcache.testing.RealRedis;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.data.redis.core.RedisOperations;
import org.springframework.data.redis.core.SessionCallback;
import org.springframework.data.redis.core.StringRedisTemplate;

/** What a conversation is in Redis, how long, and what is refused. */
class RedisChatMemoryStoreTests {

    private static final ChatSession SESSION = new ChatSession("canaryuser", "canarysession");
    private static final String KEY = "chat:canaryuser:canarysession";
    private static final String LIST = "llm-cache:chats:canaryuser";
    private static final List<ChatMessage> MESSAGES = List.of(UserMessage.from("canarytext"));

    private static final Client client = Client.lettuce(RealRedis.shared().port());

    private final RedisCommands<String, String> redis = RealRedis.shared().commands();
    private final RedisChatMemoryStore store = client.store();

    @BeforeEach
    void empty() {
        RealRedis.shared();
    }

    @AfterAll
    static void close() {
        client.close();
    }

    @Test
    void a_conversation_is_a_string_of_json_that_people_and_langchain4j_can_read() {
        List<ChatMessage> messages =
                List.of(SystemMessage.from("Be kind."), UserMessage.from("ada", "Größe?"), AiMessage.from("Two."));

        store.updateMessages(SESSION, messages);

        assertThat(redis.type(KEY)).isEqualTo("string");
        assertThat(redis.get(KEY))
                .isEqualTo("[{\"text\":\"Be kind.\",\"type\":\"SYSTEM\"},"
                        + "{\"name\":\"ada\",\"contents\":[{\"text\":\"Größe?\",\"type\":\"TEXT\"}],\"type\":\"USER\"},"
                        + "{\"text\":\"Two.\",\"toolExecutionRequests\":[],\"type\":\"AI\"}]");
        assertThat(ChatMessageDeserializer.messagesFromJson(redis.get(KEY))).isEqualTo(messages);
        assertThat(redis.type(LIST)).isEqualTo("zset");
        assertThat(redis.zrange(LIST, 0, -1)).containsExactly("canarysession");
        assertThat(redis.keys("*")).containsExactlyInAnyOrder(KEY, LIST);
    }

    @Test
    void what_this_release_has_written_reads_back_in_later_ones() {
        redis.set(
                KEY,
                "[{\"text\":\"Be kind.\",\"type\":\"SYSTEM\"},{\"contents\":[{\"type\":\"TEXT\",\"text\":\"hi\"}],"
                        + "\"type\":\"USER\",\"attributes\":{\"a\":1,\"b\":{\"long\":1},\"c\":null}},"
                        + "{\"text\":\"Two.\",\"type\":\"AI\"}]");

        List<ChatMessage> messages = store.getMessages(SESSION);

        assertThat(messages).hasSize(3);
        assertThat(messages.get(1)).isInstanceOfSatisfying(UserMessage.class, user -> assertThat(user.attributes())
                .containsEntry("a", 1)
                .containsEntry("b", 1L)
                .containsEntry("c", null));
    }

    @Test
    void the_prefix_stands_before_all_keys_and_segments_are_encoded() {
        client.store("shop:", Client.TTL, 1 << 20).updateMessages(new ChatSession("a:b", "*{c}%"), MESSAGES);

        assertThat(redis.keys("*"))
                .containsExactlyInAnyOrder("shop:chat:a%3Ab:%2A%7Bc%7D%25", "shop:llm-cache:chats:a%3Ab");
        assertThat(redis.zrange("shop:llm-cache:chats:a%3Ab", 0, -1)).containsExactly("*{c}%");
    }

    @Test
    void writing_and_reading_renew_the_time_that_a_conversation_lives() {
        store.updateMessages(SESSION, MESSAGES);
        assertLives();
        for (Runnable use : List.<Runnable>of(
                () -> store.getMessages(SESSION),
                () -> store.updateMessages(SESSION, MESSAGES),
                () -> new RedisChatMemory(store, SESSION, 3).add(UserMessage.from("x")))) {
            redis.pexpire(KEY, 20_000);
            redis.pexpire(LIST, 20_000);
            use.run();
            assertLives();
        }
    }

    @Test
    void reading_what_is_not_there_makes_nothing() {
        assertThat(store.getMessages(SESSION)).isEmpty();
        assertThat(redis.keys("*")).isEmpty();
    }

    @Test
    void a_list_that_was_lost_is_there_again_after_the_next_use() {
        store.updateMessages(SESSION, MESSAGES);
        redis.del(LIST);
        store.getMessages(SESSION);
        assertThat(store.sessions("canaryuser")).containsExactly(SESSION);
    }

    @Test
    void a_list_lives_as_long_as_the_longest_of_its_conversations() {
        RedisChatMemoryStore longer = client.store("", Duration.ofHours(5), 1 << 20);
        longer.updateMessages(new ChatSession("canaryuser", "2"), MESSAGES);
        store.updateMessages(SESSION, MESSAGES);
        assertThat(redis.pttl(LIST)).isGreaterThan(Duration.ofHours(5).toMillis());
    }

    @Test
    void the_list_forgets_expired_conversations_while_its_user_goes_on() {
        for (int i = 0; i < 50; i++) {
            store.updateMessages(new ChatSession("canaryuser", Integer.toString(i)), MESSAGES);
        }
        for (int i = 0; i < 50; i++) {
            redis.del("chat:canaryuser:" + i);
            redis.zadd(LIST, 1_000.0 + i, Integer.toString(i));
        }
        for (int use = 0; use < 4; use++) {
            store.updateMessages(SESSION, MESSAGES);
        }
        assertThat(redis.zrange(LIST, 0, -1)).containsExactly("canarysession");
        assertThat(redis.pttl(LIST)).isGreaterThan(redis.pttl(KEY));
    }

    @Test
    void expired_conversations_are_neither_asked_for_nor_deleted_one_by_one() {
        store.updateMessages(SESSION, MESSAGES);
        for (int i = 0; i < 50; i++) {
            redis.zadd(LIST, 1_000.0 + i, Integer.toString(i));
        }
        redis.configResetstat();
        assertThat(store.sessions("canaryuser")).containsExactly(SESSION);
        assertThat(store.deleteAll("canaryuser")).isOne();
        assertThat(redis.info("commandstats")).contains("cmdstat_exists:calls=1,", "cmdstat_del:calls=1,");
    }

    @Test
    void a_session_is_listed_for_an_hour_longer_than_its_conversation_lives() {
        store.updateMessages(SESSION, MESSAGES);
        store.updateMessages(new ChatSession("canaryuser", "2"), MESSAGES);
        double end = System.currentTimeMillis() + Client.TTL.toMillis() + 3_600_000;
        assertThat(redis.zscore(LIST, "canarysession")).isBetween(end - 60_000, end + 60_000);
        redis.zadd(LIST, end - 100_000, "canarysession");
        store.getMessages(SESSION);
        assertThat(redis.zscore(LIST, "canarysession")).isGreaterThan(end - 60_000);
    }

    @Test
    void conversations_of_a_user_are_listed_and_deleted_and_nobody_else_s() {
        List<ChatSession> sessions = IntStream.range(0, 5)
                .mapToObj(i -> new ChatSession("ada", "s:" + i))
                .toList();
        sessions.forEach(session -> store.updateMessages(session, MESSAGES));
        store.updateMessages("ada", MESSAGES);
        store.updateMessages(new ChatSession("ada:s", "0"), MESSAGES);

        assertThat(store.sessions("ada"))
                .extracting(ChatSession::session)
                .containsExactly("default", "s:0", "s:1", "s:2", "s:3", "s:4");
        store.deleteMessages(sessions.get(0));
        assertThat(redis.zscore("llm-cache:chats:ada", "s:0")).isNull();
        redis.del("chat:ada:s%3A1");
        assertThat(store.sessions("ada"))
                .extracting(ChatSession::session)
                .containsExactly("default", "s:2", "s:3", "s:4");
        assertThat(redis.zcard("llm-cache:chats:ada")).isEqualTo(4);

        assertThat(store.deleteAll("ada")).isEqualTo(4);
        assertThat(store.deleteAll("ada")).isZero();
        assertThat(store.sessions("ada")).isEmpty();
        assertThat(store.sessions("ada:s")).hasSize(1);
        assertThat(redis.keys("*")).containsExactlyInAnyOrder("chat:ada%3As:0", "llm-cache:chats:ada%3As");
    }

    @Test
    void to_list_conversations_is_no_use_of_them() {
        store.updateMessages(SESSION, MESSAGES);
        redis.pexpire(KEY, 20_000);
        assertThat(store.sessions("canaryuser")).hasSize(1);
        assertThat(redis.pttl(KEY)).isLessThanOrEqualTo(20_000);
    }

    @Test
    void an_expired_conversation_is_empty_and_no_longer_listed() {
        RedisChatMemoryStore brief = client.store("", Duration.ofMillis(50), 1 << 20);
        brief.updateMessages(SESSION, MESSAGES);
        await().until(() -> redis.exists(KEY) == 0);
        assertThat(brief.sessions("canaryuser")).isEmpty();
        assertThat(redis.exists(LIST)).isZero();
        assertThat(brief.getMessages(SESSION)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "{}",
                "canarytext",
                "\"canarytext\"",
                "[null]",
                "[1]",
                "[[]]",
                "[{}]",
                "[{\"text\":\"canarytext\"}]",
                "[{\"type\":\"USER\"}]",
                "[{\"type\":\"USER\",\"contents\":[]}]",
                "[{\"type\":\"CANARYTEXT\",\"text\":\"x\"}]",
                "[{\"type\":\"SYSTEM\",\"text\":\"canarytext\",\"mood\":\"canarytext\"}]",
                "[{\"type\":\"SYSTEM\",\"text\":\"canarytext\"}",
                "[{\"type\":\"SYSTEM\",\"text\":\"canarytext\"}] canarytext",
                "[{\"type\":\"SYSTEM\",\"text\":\"a\",\"text\":\"canarytext\"}]",
                "[{\"type\":\"SYSTEM\",\"text\":\"a\",\"attributes\":{\"canarytext\":1}}]",
                "[{\"type\":\"AI\",\"attributes\":{\"a\":{\"canarytext\":1}}}]",
                "[{\"type\":\"AI\",\"attributes\":{\"a\":{}}}]",
                "[{\"type\":\"AI\",\"attributes\":\"canarytext\"}]",
                "{\"v\":2,\"messages\":[]}"
            })
    void a_value_that_can_t_be_read_is_told_and_left_as_it_is_until_it_is_deleted(String value) {
        redis.set(KEY, value);
        assertUnreadable();
        assertThat(redis.get(KEY)).isEqualTo(value);

        store.deleteMessages(SESSION);
        store.updateMessages(SESSION, MESSAGES);
        assertThat(store.getMessages(SESSION)).isEqualTo(MESSAGES);
    }

    @Test
    void a_value_of_another_type_is_told_and_left_as_it_is_until_it_is_deleted() {
        redis.rpush(KEY, "canarytext");
        assertUnreadable();
        assertThat(redis.lrange(KEY, 0, -1)).containsExactly("canarytext");

        store.deleteMessages(SESSION);
        store.updateMessages(SESSION, MESSAGES);
        assertThat(store.getMessages(SESSION)).isEqualTo(MESSAGES);
    }

    @Test
    void a_value_that_is_no_text_is_told_and_left_as_it_is() {
        redis.eval(
                "redis.call('SET', KEYS[1], '[{\"type\":\"SYSTEM\",\"text\":\"canary\\255\"}]')",
                ScriptOutputType.STATUS,
                KEY);
        long length = redis.strlen(KEY);
        assertUnreadable();
        assertThat(redis.strlen(KEY)).isEqualTo(length);
    }

    @Test
    void a_list_of_conversations_of_another_type_is_told() {
        redis.set(LIST, "canarytext");
        assertReason(Reason.UNREADABLE, () -> store.sessions("canaryuser"));
        assertReason(Reason.UNREADABLE, () -> store.updateMessages(SESSION, MESSAGES));
        assertThat(redis.exists(KEY)).isZero();
        assertThat(redis.get(LIST)).isEqualTo("canarytext");
    }

    @ParameterizedTest
    @MethodSource("notKeepable")
    void a_message_that_would_not_read_back_is_refused_and_nothing_is_changed(ChatMessage message) {
        store.updateMessages(SESSION, MESSAGES);
        RedisChatMemory memory = new RedisChatMemory(store, SESSION, 10);

        assertReason(Reason.NOT_KEEPABLE, () -> store.updateMessages(SESSION, List.of(UserMessage.from("a"), message)));
        assertReason(Reason.NOT_KEEPABLE, () -> memory.add(UserMessage.from("a"), message));
        assertReason(Reason.NOT_KEEPABLE, () -> memory.set(message));

        assertThat(store.getMessages(SESSION)).isEqualTo(MESSAGES);
    }

    static List<ChatMessage> notKeepable() {
        return List.of(
                custom(new Object()),
                custom(Set.of("canarytext")),
                custom(new byte[] {1}),
                custom(Double.NaN),
                custom(Map.of(1, "canarytext")),
                custom(Map.of(ChatMessageType.AI, "canarytext")),
                custom(new StringBuilder("canarytext")),
                custom(List.of(Duration.ZERO)),
                new Shout("canarytext"),
                () -> ChatMessageType.USER);
    }

    private static ChatMessage custom(Object value) {
        return CustomMessage.from(Map.of("canarytext", value));
    }

    /** A kind of message of the application's own, which would come back as a plain one. */
    static class Shout extends UserMessage {
        Shout(String text) {
            super(text);
        }
    }

    @Test
    void a_conversation_over_the_limit_is_refused_and_what_to_do_is_said() {
        String longest = "x".repeat(1000 - "[{'text':'','type':'SYSTEM'}]".length());
        RedisChatMemoryStore small = client.store("", Client.TTL, 1000);
        small.updateMessages(SESSION, List.of(SystemMessage.from(longest)));
        String before = redis.get(KEY);
        assertThat(before.getBytes(StandardCharsets.UTF_8)).hasSize(1000);

        assertThat(assertReason(
                        Reason.TOO_LARGE,
                        () -> small.updateMessages(SESSION, List.of(SystemMessage.from(longest + "x")))))
                .hasMessageContaining("max-messages")
                .hasMessageContaining("llm-cache.chat-memory.max-size")
                .hasMessageContaining("1001");
        assertReason(
                Reason.TOO_LARGE, () -> new RedisChatMemory(small, SESSION, 9).add(UserMessage.from("canarytext")));
        assertThat(redis.get(KEY)).isEqualTo(before);
        // The limit counts bytes.
        assertReason(
                Reason.TOO_LARGE, () -> small.updateMessages("other", List.of(SystemMessage.from("ü".repeat(500)))));
        assertThat(redis.exists("chat:other:default")).isZero();
        assertThat(small.sessions("other")).isEmpty();
    }

    @Test
    void a_ttl_or_a_size_of_nothing_is_refused() {
        assertThatThrownBy(() -> client.store("", Duration.ofNanos(1), 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> client.store("", Client.TTL, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new RedisChatMemory(store, SESSION, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_transaction_in_which_redis_answers_nothing_is_not_taken_for_an_empty_conversation() {
        store.updateMessages(SESSION, MESSAGES);
        new StringRedisTemplate(client.connections()).execute(new SessionCallback<String>() {
            @Override
            public <K, V> String execute(RedisOperations<K, V> operations) {
                operations.multi();
                assertThatThrownBy(() -> store.getMessages(SESSION))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("transaction");
                assertThatThrownBy(() -> store.updateMessages(SESSION, List.of()))
                        .isInstanceOf(IllegalStateException.class);
                operations.discard();
                return "done";
            }
        });
        assertThat(store.getMessages(SESSION)).isEqualTo(MESSAGES);
    }

    private void assertUnreadable() {
        RedisChatMemory memory = new RedisChatMemory(store, SESSION, 10);
        assertReason(Reason.UNREADABLE, () -> store.getMessages(SESSION));
        assertReason(Reason.UNREADABLE, () -> store.updateMessages(SESSION, MESSAGES));
        assertReason(Reason.UNREADABLE, () -> memory.add(MESSAGES));
        assertReason(Reason.UNREADABLE, () -> memory.set(MESSAGES));
        assertThat(assertReason(Reason.UNREADABLE, memory::messages)).hasMessageContaining("chat:<user>:<session>");
    }

    /** The reason, and that neither the exception nor any of its causes quotes a name or a text. */
    private static ChatMemoryException assertReason(Reason reason, Runnable use) {
        ChatMemoryException failure = catchThrowableOfType(ChatMemoryException.class, use::run);
        assertThat(failure).isNotNull();
        assertThat(failure.reason()).isEqualTo(reason);
        StringWriter trace = new StringWriter();
        failure.printStackTrace(new PrintWriter(trace));
        assertThat(trace.toString()).doesNotContainIgnoringCase("canary");
        return failure;
    }

    private void assertLives() {
        assertThat(redis.pttl(KEY)).isBetween(Client.TTL.toMillis() - 10_000, Client.TTL.toMillis());
        assertThat(redis.pttl(LIST)).isGreaterThan(redis.pttl(KEY));
    }
}
