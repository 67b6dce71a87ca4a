package io.github.llmcache.near;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.benmanes.caffeine.cache.Ticker;
import io.github.llmcache.annotation.CachedPrompt;
import io.github.llmcache.annotation.Prompt;
import io.github.llmcache.interceptor.KeyMemo;
import io.github.llmcache.key.CanonicalKeyGenerator;
import io.github.llmcache.key.PromptKey;
import io.github.llmcache.key.PromptKeyGenerator;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.testing.RecordingListener;
import io.github.llmcache.tier.CacheEvictor;
import io.github.llmcache.tier.Eviction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Annotated methods whose answers are in memory. */
@ExtendWith(OutputCaptureExtension.class)
class NearCachedMethodTests {

    private static final String PROMPT = "canaryprompt";
    private static final String ANSWER = "canaryanswer";

    record Fact(String text, int year) {}

    static class Oracle {

        private final AtomicInteger calls = new AtomicInteger();

        @CachedPrompt
        public String ask(@Prompt String question) {
            calls.incrementAndGet();
            return ANSWER + question.strip();
        }

        @CachedPrompt
        public List<String> list(@Prompt String question) {
            return new ArrayList<>(List.of(ANSWER));
        }

        @CachedPrompt
        public Fact fact(@Prompt String question) {
            return new Fact(ANSWER, 1969);
        }

        @CachedPrompt
        public String about(@Prompt String question, List<String> topics) {
            return question + topics;
        }
    }

    /** A memo that counts. */
    static class Memo implements KeyMemo {

        private final ConcurrentHashMap<Object, PromptKey> keys = new ConcurrentHashMap<>();
        private final AtomicInteger found = new AtomicInteger();

        @Override
        public @Nullable PromptKey find(Object asked) {
            PromptKey key = keys.get(asked);
            if (key != null) {
                found.incrementAndGet();
            }
            return key;
        }

        @Override
        public void keep(Object asked, PromptKey key, long characters) {
            keys.put(asked, key);
        }
    }

    @Test
    void an_answer_comes_from_memory_and_nothing_of_it_is_logged(CapturedOutput output) {
        TwoTiers.on(RealRedis.shared())
                .withBean(Oracle.class)
                .withBean(RecordingListener.class)
                .run(context -> {
                    Oracle oracle = context.getBean(Oracle.class);
                    RecordingListener listener = context.getBean(RecordingListener.class);
                    awaitNear(listener, () -> oracle.ask(PROMPT));

                    assertThat(oracle.ask(PROMPT)).isEqualTo(ANSWER + PROMPT).isSameAs(oracle.ask(PROMPT));
                    awaitNear(listener, () -> oracle.fact(PROMPT));
                    assertThat(oracle.fact(PROMPT)).isSameAs(oracle.fact(PROMPT));
                    awaitNear(listener, () -> oracle.list(PROMPT));
                    oracle.list(PROMPT).add("damaged");
                    assertThat(oracle.list(PROMPT)).containsExactly(ANSWER);
                });
        assertThat(output.getAll()).doesNotContain(PROMPT, ANSWER);
    }

    @Test
    void a_key_is_remembered_only_where_the_arguments_cannot_change() {
        TwoTiers.on(RealRedis.shared())
                .withBean(Oracle.class)
                .withBean(Memo.class)
                .run(context -> {
                    Oracle oracle = context.getBean(Oracle.class);
                    Memo memo = context.getBean(Memo.class);
                    oracle.ask("Why?");
                    assertThat(oracle.ask("Why?")).isEqualTo(oracle.ask(new String("Why?")));
                    assertThat(memo.found).hasValue(2);
                    // Another text of the same key is folded for itself.
                    assertThat(oracle.ask("  why? ")).isEqualTo(oracle.ask("Why?"));
                    assertThat(memo.keys.values().stream().distinct()).hasSize(1);

                    List<String> topics = new ArrayList<>(List.of("a"));
                    assertThat(oracle.about("Why?", topics)).isEqualTo("Why?[a]");
                    topics.set(0, "b");
                    assertThat(oracle.about("Why?", topics)).isEqualTo("Why?[b]");
                    // The list may change at any time, so neither of its states was taken down.
                    assertThat(memo.keys).hasSize(2);
                });
    }

    @Test
    void keys_of_a_generator_of_the_application_are_not_remembered() {
        TwoTiers.on(RealRedis.shared())
                .withBean(Oracle.class)
                .withBean(Memo.class)
                .withBean(
                        PromptKeyGenerator.class,
                        () -> request -> new PromptKey(request.cache(), "x".repeat(43), request.prompt()))
                .run(context -> {
                    context.getBean(Oracle.class).ask("Why?");
                    assertThat(context.getBean(Memo.class).keys).isEmpty();
                });
        assertThat(CanonicalKeyGenerator.class).isFinal();
    }

    @Test
    void the_memo_is_bounded_by_the_size_of_what_it_holds() {
        CaffeineKeyMemo memo = new CaffeineKeyMemo(100_000);
        for (int i = 0; i < 1000; i++) {
            memo.keep(i, new PromptKey("prompt", "d" + i, null), 1000);
        }
        long kept = IntStream.range(0, 1000).filter(i -> memo.find(i) != null).count();
        assertThat(kept).isBetween(10L, 50L);
        memo.keep("large", new PromptKey("prompt", "large", null), 100_000);
        assertThat(memo.find("large")).isNull();
    }

    @Test
    void the_memo_forgets_what_it_has_kept_for_its_time() {
        AtomicLong nanos = new AtomicLong();
        CaffeineKeyMemo memo = new CaffeineKeyMemo(100_000, nanos::get, Duration.ofMinutes(10));
        memo.keep("old", new PromptKey("prompt", "old", null), 10);
        nanos.addAndGet(Duration.ofMinutes(9).toNanos());
        memo.keep("new", new PromptKey("prompt", "new", null), 10);
        assertThat(memo.find("old")).isNotNull();
        nanos.addAndGet(Duration.ofMinutes(2).toNanos());
        memo.keep("newest", new PromptKey("prompt", "newest", null), 10);

        assertThat(memo.find("old")).isNull();
        assertThat(memo.find("new")).isNotNull();
    }

    @Test
    void the_memo_forgets_its_keys_though_nothing_is_asked_any_more() {
        CaffeineKeyMemo memo = new CaffeineKeyMemo(100_000, Ticker.systemTicker(), Duration.ofMillis(50));
        memo.keep("why", new PromptKey("prompt", "why", null), 10);

        await().atMost(Duration.ofSeconds(20)).until(() -> memo.size() == 0);
    }

    @Test
    void an_eviction_of_somebody_or_of_everything_empties_the_memo_of_this_jvm() {
        TwoTiers.on(RealRedis.shared()).withBean(Oracle.class).run(context -> {
            Oracle oracle = context.getBean(Oracle.class);
            CaffeineKeyMemo memo = context.getBean(CaffeineKeyMemo.class);
            CacheEvictor evictor = context.getBean(CacheEvictor.class);
            for (Eviction eviction : List.of(new Eviction.OfScope("anna"), new Eviction.OfAll())) {
                oracle.ask(PROMPT);
                evictor.evict("prompt", new Eviction.OfTag("tag"));
                assertThat(memo.size()).isPositive();

                evictor.evict("prompt", eviction);

                assertThat(memo.size()).isZero();
            }
        });
    }

    private static void awaitNear(RecordingListener listener, Callable<?> call) {
        await().atMost(Duration.ofSeconds(20))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> {
                    call.call();
                    return "near".equals(listener.last().tier());
                });
    }
}
