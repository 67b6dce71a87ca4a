package io.github.llmcache.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llmcache.annotation.CachedPrompt;
import io.github.llmcache.testing.CacheApplication;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.tier.CacheEvictor;
import io.github.llmcache.tier.Eviction;
import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.TierException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Who is forgotten is forgotten everywhere. */
class ForgettingTests {

    private final RealRedis redis = RealRedis.shared();
    private final ApplicationContextRunner application = CacheApplication.on(redis);

    @BeforeEach
    void empty() {
        redis.commands().flushall();
    }

    static class Oracle {

        @CachedPrompt(cacheName = "old: [50%] *", scope = "#user")
        public String ask(String question, String user) {
            return "model's answer";
        }
    }

    private void putInACacheOfAnotherApplication() {
        application.withBean(Oracle.class).run(context -> {
            Oracle oracle = context.getBean(Oracle.class);
            PromptCacheOperations operations = context.getBean(PromptCacheOperations.class);
            operations.put(() -> oracle.ask("question", "anna"), "by hand");
            operations.put(() -> oracle.ask("question", "hanna"), "by hand");
        });
    }

    @Test
    void a_cache_that_no_bean_has_named_is_gone_through_too() {
        putInACacheOfAnotherApplication();
        application.run(context -> {
            Forgotten forgotten = context.getBean(PromptCacheOperations.class).forget("anna");

            assertThat(forgotten.entries()).containsEntry("old: [50%] *", 1L);
            assertThat(forgotten.total()).isOne();
            assertThat(redis.answers()).hasSize(1);
        });
    }

    @Test
    void a_jvm_without_answers_in_memory_waits_for_those_that_have_some() {
        application.run(context -> {
            long start = System.nanoTime();

            context.getBean(PromptCacheOperations.class).forget("anna");

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(1500));
        });
    }

    @Test
    void the_caches_that_are_known_are_gone_through_where_others_can_not_be_found() {
        List<String> evicted = new ArrayList<>();
        CacheEvictor evictor = new CacheEvictor() {
            @Override
            public long evict(String cache, Eviction eviction) {
                evicted.add(cache);
                return 1;
            }

            @Override
            public Set<String> cachesOf(String scope) {
                throw new TierException(FailureKind.DENIED, "SCAN is denied", null);
            }

            @Override
            public Duration settlingTime() {
                return Duration.ZERO;
            }
        };
        application
                .withBean(Oracle.class)
                .withBean(CacheEvictor.class, () -> evictor)
                .run(context -> {
                    context.getBean(Oracle.class).ask("question", "bert");
                    assertThatThrownBy(() ->
                                    context.getBean(PromptCacheOperations.class).forget("anna"))
                            .isInstanceOf(TierException.class)
                            .hasMessage("SCAN is denied");
                    assertThat(evicted).contains("old: [50%] *");
                });
    }
}
