package io.github.llmcache.operations;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llmcache.annotation.CachedPrompt;
import io.github.llmcache.autoconfigure.LlmCacheAutoConfiguration;
import io.github.llmcache.autoconfigure.PromptCallObserverAutoConfiguration;
import io.github.llmcache.autoconfigure.operations.LlmCacheOperationsAutoConfiguration;
import io.github.llmcache.autoconfigure.redis.LlmCacheRedisAutoConfiguration;
import io.github.llmcache.key.PromptKey;
import io.github.llmcache.testing.CacheApplication;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.tier.CacheEntry;
import io.github.llmcache.tier.CacheTier;
import io.github.llmcache.tier.TierLookup;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** An application that injects the operations starts, and goes on, without a cache. */
class InertOperationsTests {

    private final ApplicationContextRunner withoutRedis = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    AopAutoConfiguration.class,
                    PromptCallObserverAutoConfiguration.class,
                    LlmCacheAutoConfiguration.class,
                    LlmCacheRedisAutoConfiguration.class,
                    LlmCacheOperationsAutoConfiguration.class))
            .withBean(Oracle.class)
            .withBean(Service.class);

    static class Oracle {

        private final AtomicInteger calls = new AtomicInteger();

        public int calls() {
            return calls.get();
        }

        @CachedPrompt
        public String ask(String question) {
            calls.incrementAndGet();
            return "model's answer";
        }

        @CachedPrompt
        public CompletableFuture<String> later(String question) {
            calls.incrementAndGet();
            return CompletableFuture.completedFuture("model's answer");
        }
    }

    record Service(PromptCacheOperations operations, Oracle oracle) {}

    @Test
    void nothing_is_found_stored_or_evicted_and_the_model_is_not_asked(@TempDir Path folder) {
        List<ApplicationContextRunner> applications = List.of(
                withoutRedis,
                withoutRedis.withPropertyValues("llm-cache.enabled=false"),
                withoutRedis.withPropertyValues("llm-cache.enabled=false").withBean(OwnTier.class),
                CacheApplication.on(RealRedis.shared())
                        .withBean(Oracle.class)
                        .withBean(Service.class)
                        .withPropertyValues("llm-cache.enabled=false"));
        for (ApplicationContextRunner application : applications) {
            application.run(context -> {
                assertThat(context).hasNotFailed();
                PromptCacheOperations operations =
                        context.getBean(Service.class).operations();
                Oracle oracle = context.getBean(Oracle.class);
                Path lines = Files.writeString(folder.resolve("lines"), "{\"prompt\": \"a\", \"answer\": \"b\"}\n");
                ByteArrayOutputStream out = new ByteArrayOutputStream();

                assertThat(operations.lookUp(() -> oracle.ask("question"))).isEmpty();
                assertThat(operations.lookUp(() -> oracle.later("question"), String.class))
                        .isEmpty();
                assertThat(operations
                                .lookUpAsync(() -> oracle.later("question"))
                                .join())
                        .isEmpty();
                assertThat(operations.put(() -> oracle.ask("question"), "by hand"))
                        .isFalse();
                assertThat(operations.evict(() -> oracle.ask("question"))).isFalse();
                assertThat(operations.evict("prompt", "digest")).isFalse();
                assertThat(operations.evictByTag("prompt", "tag")
                                + operations.evictByModel("prompt", "model")
                                + operations.evictByScope("prompt", "scope")
                                + operations.evictAll("prompt"))
                        .isZero();
                assertThat(operations.forget("anna").total()).isZero();
                assertThat(operations.export("prompt", out)).isZero();
                assertThat(operations.export("prompt", folder.resolve("none"))).isZero();
                assertThat(operations.warm(lines)).isEqualTo(new WarmReport(0, 1, 0, true, List.of()));
                assertThat(operations.warm(lines, oracle::ask)).isEqualTo(new WarmReport(0, 1, 0, true, List.of()));
                assertThat(out.size()).isZero();
                assertThat(oracle.calls()).isZero();
            });
        }
    }

    static class OwnTier implements CacheTier {

        @Override
        public String name() {
            return "own";
        }

        @Override
        public TierLookup lookup(PromptKey key) {
            return TierLookup.Miss.INSTANCE;
        }

        @Override
        public CompletionStage<Void> store(PromptKey key, CacheEntry entry, Duration ttl) {
            return CompletableFuture.completedFuture(null);
        }
    }

    @Test
    void nothing_pretends_to_evict_where_a_tier_of_the_application_s_own_holds_answers() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        PromptCallObserverAutoConfiguration.class,
                        LlmCacheAutoConfiguration.class,
                        LlmCacheOperationsAutoConfiguration.class))
                .withBean(OwnTier.class)
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(PromptCacheOperations.class));
    }

    @Test
    void operations_of_the_application_s_own_take_their_place() {
        PromptCacheOperations own = new InertPromptCacheOperations();
        for (String enabled : List.of("true", "false")) {
            CacheApplication.on(RealRedis.shared())
                    .withPropertyValues("llm-cache.enabled=" + enabled)
                    .withBean(PromptCacheOperations.class, () -> own)
                    .run(context -> assertThat(context.getBean(PromptCacheOperations.class))
                            .isSameAs(own));
        }
    }
}
