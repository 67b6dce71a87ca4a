package io.github.llmcache.near;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.llmcache.annotation.CachedPrompt;
import io.github.llmcache.autoconfigure.operations.LlmCacheOperationsAutoConfiguration;
import io.github.llmcache.autoconfigure.usage.LlmCacheUsageAutoConfiguration;
import io.github.llmcache.engine.CacheMode;
import io.github.llmcache.engine.CacheModeSwitch;
import io.github.llmcache.engine.PromptCallObserver;
import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.event.FleetStatistics;
import io.github.llmcache.model.ModelConfig;
import io.github.llmcache.model.ModelConfigs;
import io.github.llmcache.operations.PromptCacheOperations;
import io.github.llmcache.redis.RedisStatisticsWriter;
import io.github.llmcache.testing.DocumentedRights;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.tier.CacheBrowser;
import io.github.llmcache.usage.UsageReport;
import java.io.ByteArrayOutputStream;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class AllRightsTests {

    @Test
    void the_rights_that_the_documentation_names_are_enough_together(CapturedOutput output) throws Exception {
        try (RealRedis redis = RealRedis.start()) {
            DocumentedRights rights = DocumentedRights.read();
            rights.grant(
                    redis.commands(),
                    rights.features().stream()
                            // For newer servers, for other servers, and what takes others away.
                            .filter(feature -> !Set.of("client-info", "cluster", "hash-expiry", "without-scripts")
                                    .contains(feature))
                            .toList());

            TwoTiers.on(redis)
                    .withConfiguration(AutoConfigurations.of(
                            LlmCacheOperationsAutoConfiguration.class, LlmCacheUsageAutoConfiguration.class))
                    .withBean(Oracle.class)
                    .withPropertyValues(
                            "spring.data.redis.username=" + DocumentedRights.USER,
                            "spring.data.redis.password=" + DocumentedRights.PASSWORD,
                            "llm-cache.key-prefix=" + DocumentedRights.PREFIX,
                            "llm-cache.default-model=gpt",
                            "llm-cache.model-registry.enabled=true",
                            "llm-cache.usage.limits.day.calls=1000")
                    .run(context -> {
                        Oracle oracle = context.getBean(Oracle.class);
                        PromptCallObserver observer = context.getBean(PromptCallObserver.class);
                        PromptCacheOperations operations = context.getBean(PromptCacheOperations.class);
                        await().until(() -> observer.observe(() -> oracle.ask("Why?", "ada"))
                                .last()
                                .filter(call -> "near".equals(call.tier()))
                                .isPresent());
                        assertThat(context.getBean(CacheBrowser.class).memory()).isPresent();
                        operations.export("prompt", new ByteArrayOutputStream());
                        assertThat(operations.evictByTag("prompt", "why")).isEqualTo(1);
                        await().until(() -> observer.observe(() -> oracle.ask("Why?", "ada"))
                                .outcome()
                                .equals(Optional.of(CacheOutcome.HIT)));
                        assertThat(operations.forget("ada").total()).isEqualTo(1);
                        assertThat(operations.evictAll("prompt")).isZero();
                        CacheModeSwitch modes = context.getBean(CacheModeSwitch.class);
                        modes.switchTo(null, CacheMode.OFF);
                        assertThat(observer.observe(() -> oracle.ask("Why?", "ada"))
                                        .outcome())
                                .contains(CacheOutcome.BYPASS);
                        modes.switchTo(null, null);
                        context.getBean(RedisStatisticsWriter.class).write().join();
                        ModelConfigs models = context.getBean(ModelConfigs.class);
                        String revision =
                                models.put(new ModelConfig("gpt", "2"), null).revision();
                        assertThat(models.all()).hasSize(1);
                        models.delete("gpt", revision);
                        LocalDate today = LocalDate.now(ZoneOffset.UTC);
                        assertThat(context.getBean(FleetStatistics.class)
                                        .of("prompt", today.minusDays(1), today)
                                        .total()
                                        .hits())
                                .isPositive();
                        assertThat(context.getBean(UsageReport.class)
                                        .of("everybody")
                                        .get(0)
                                        .used())
                                .isPositive();
                    });
            assertThat(output.getOut())
                    .doesNotContain("denies", "does not let", "does not take", "does not tell", "NOPERM");
        }
    }

    static class Oracle {

        @CachedPrompt(scope = "#user", tags = "why")
        public String ask(String question, String user) {
            return "because";
        }
    }
}
