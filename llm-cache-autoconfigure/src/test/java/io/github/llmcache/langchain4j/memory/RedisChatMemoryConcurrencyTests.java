package io.github.llmcache.langchain4j.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.UserMessage;
import io.github.llmcache.langchain4j.memory.ChatMemoryException.Reason;
import io.github.llmcache.redis.RedisKeys;
import io.github.llmcache.testing.RealRedis;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Turns of one conversation at a time, from several threads over connections of their own. */
class RedisChatMemoryConcurrencyTests {

    private static final int THREADS = 16;
    private static final int EACH = 25;

    private final RealRedis redis = RealRedis.shared();

    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void no_message_is_lost_or_there_twice_and_each_thread_s_order_is_kept(String client) throws Exception {
        try (Client one = Client.of(client, redis.port(), Client.TIMEOUT);
                Client other = Client.of(client, redis.port(), Client.TIMEOUT)) {
            atOnce(thread -> {
                RedisChatMemoryStore store = (thread % 2 == 0 ? one : other).store();
                RedisChatMemory memory = new RedisChatMemory(store, "ada", THREADS * EACH);
                for (int i = 0; i < EACH; i++) {
                    memory.add(message(thread, i));
                }
            });

            List<ChatMessage> all = one.store().getMessages("ada");
            assertThat(all).hasSize(THREADS * EACH).doesNotHaveDuplicates();
            for (int thread = 0; thread < THREADS; thread++) {
                String begin = thread + ":";
                assertThat(all.stream()
                                .filter(message ->
                                        ((UserMessage) message).singleText().startsWith(begin)))
                        .containsExactlyElementsOf(messages(thread));
            }
        }
    }

    @Test
    void messages_that_are_added_together_stay_together_and_the_same_text_twice_is_there_twice() throws Exception {
        try (Client one = Client.lettuce(redis.port());
                Client other = Client.lettuce(redis.port())) {
            atOnce(thread -> {
                new RedisChatMemory((thread % 2 == 0 ? one : other).store(), "ada", 1000)
                        .add(UserMessage.from("first"), UserMessage.from("second"));
            });
            List<ChatMessage> expected = IntStream.range(0, THREADS)
                    .<ChatMessage>mapToObj(i -> UserMessage.from("first"))
                    .flatMap(first -> List.of(first, (ChatMessage) UserMessage.from("second")).stream())
                    .toList();
            assertThat(one.store().getMessages("ada")).isEqualTo(expected);
        }
    }

    @Test
    void a_deletion_never_leaves_a_conversation_that_is_not_listed() throws Exception {
        try (Client one = Client.lettuce(redis.port());
                Client other = Client.lettuce(redis.port())) {
            for (int round = 0; round < 40; round++) {
                atOnce(thread -> {
                    RedisChatMemoryStore store = (thread % 2 == 0 ? one : other).store();
                    ChatSession session = new ChatSession("ada", Integer.toString(thread % 4));
                    switch (thread / 4) {
                        case 0 -> store.deleteAll("ada");
                        case 1 -> store.sessions("ada");
                        case 2 -> store.deleteMessages(session);
                        default -> new RedisChatMemory(store, session, 5).add(UserMessage.from("hi"));
                    }
                });
                List<String> there = redis.commands().keys("chat:ada:*");
                assertThat(redis.commands().zrange("llm-cache:chats:ada", 0, -1))
                        .containsAll(there.stream()
                                .map(key -> key.substring("chat:ada:".length()))
                                .toList());
            }
        }
    }

    @Test
    void a_change_that_others_are_always_quicker_than_is_given_up_and_theirs_stays() {
        try (Client client = Client.lettuce(redis.port())) {
            Conversations conversations =
                    new Conversations(new RedisCommands(client.connections()), new RedisKeys(""), Client.TTL);
            AtomicInteger attempts = new AtomicInteger();

            assertThatThrownBy(() -> conversations.change(new ChatSession("ada", "1"), before -> {
                        redis.commands().set("chat:ada:1", "others " + attempts.incrementAndGet());
                        return "mine".getBytes(StandardCharsets.UTF_8);
                    }))
                    .isInstanceOfSatisfying(ChatMemoryException.class, failure -> assertThat(failure.reason())
                            .isEqualTo(Reason.CONTENDED));

            assertThat(redis.commands().get("chat:ada:1")).isEqualTo("others " + attempts);
            assertThat(attempts).hasValue(100);
        }
    }

    private static void atOnce(Turn turn) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            CountDownLatch start = new CountDownLatch(1);
            List<Future<?>> done = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                int number = thread;
                done.add(threads.submit((Callable<Integer>) () -> {
                    start.await();
                    turn.of(number);
                    return number;
                }));
            }
            start.countDown();
            for (Future<?> future : done) {
                future.get(60, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static ChatMessage message(int thread, int number) {
        return UserMessage.from(thread + ":" + number);
    }

    private static List<ChatMessage> messages(int thread) {
        return IntStream.range(0, EACH).mapToObj(i -> message(thread, i)).toList();
    }

    /** What a thread does. */
    private interface Turn {
        void of(int thread) throws Exception;
    }
}
