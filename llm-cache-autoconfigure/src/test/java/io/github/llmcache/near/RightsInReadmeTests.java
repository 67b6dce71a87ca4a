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
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.tier.CacheBrowser;
import io.github.llmcache.usage.UsageReport;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class RightsInReadmeTests {

    @ParameterizedTest
    @ValueSource(strings = {"string", "hash"})
    void the_rights_that_the_readme_names_are_enough_for_everything(String layout, CapturedOutput output)
            throws Exception {
        try (RealRedis redis = RealRedis.start()) {
            List<String> rights = new ArrayList<>(
                    List.of("app", "on", ">secret", "~shop:*", "resetchannels", "&shop:llm-cache:landed", "-@all"));
            commands("and these commands:").forEach(command -> rights.add("+" + command));
            if (layout.equals("hash")) {
                commands("The hash layout takes these besides:").forEach(command -> rights.add("+" + command));
            }
            redis.commands()
                    .dispatch(CommandType.ACL, new StatusOutput<>(StringCodec.UTF8), arguments("SETUSER", rights));

            TwoTiers.on(redis)
                    .withConfiguration(AutoConfigurations.of(
                            LlmCacheOperationsAutoConfiguration.class, LlmCacheUsageAutoConfiguration.class))
                    .withBean(Oracle.class)
                    .withPropertyValues(
                            "spring.data.redis.username=app",
                            "spring.data.redis.password=secret",
                            "llm-cache.key-prefix=shop:",
                            "llm-cache.default-model=gpt",
                            "llm-cache.layout=" + layout,
                            "llm-cache.model-registry.enabled=true",
                            "llm-cache.usage.limits.day.calls=1000")
                    .run(context -> {
                        Oracle oracle = context.getBean(Oracle.class);
                        PromptCallObserver observer = context.getBean(PromptCallObserver.class);
                        PromptCacheOperations operations = context.getBean(PromptCacheOperations.class);
                        await().until(() -> observer.observe(() -> oracle.ask("Why?", "ada"))
                                .last()
                                .filter(call -> (layout.equals("hash") ? "redis" : "near").equals(call.tier()))
                                .isPresent());
                        assertThat(context.getBean(CacheBrowser.class).memory()).isPresent();
                        operations.export("prompt", new ByteArrayOutputStream());
                        assertThat(operations.evictByTag("prompt", "why")).isEqualTo(1);
                        await().until(() -> observer.observe(() -> oracle.ask("Why?", "ada"))
                                .outcome()
                                .equals(Optional.of(CacheOutcome.HIT)));
                        assertThat(operations.forget("ada").total()).isEqualTo(1);
                        assertThat(operations.evictAll("prompt")).isZero();
                        await().until(() -> observer.observe(() -> oracle.ask("Why?", "ada"))
                                .outcome()
                                .equals(Optional.of(CacheOutcome.HIT)));
                        assertThat(operations.evictByModel("prompt", "gpt")).isEqualTo(1);
                        await().until(() -> observer.observe(() -> oracle.ask("Why?", "ada"))
                                .outcome()
                                .equals(Optional.of(CacheOutcome.HIT)));
                        assertThat(operations.evict(() -> oracle.ask("Why?", "ada")))
                                .isTrue();
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

    private static List<String> commands(String after) throws Exception {
        String readme = Files.readString(Path.of("..", "README.md"), StandardCharsets.UTF_8);
        Matcher list = Pattern.compile(Pattern.quote(after) + "\\s+```\\n(.*?)```", Pattern.DOTALL)
                .matcher(readme);
        assertThat(list.find()).isTrue();
        return List.of(list.group(1).trim().split("\\s+"));
    }

    private static CommandArgs<String, String> arguments(String first, List<String> others) {
        CommandArgs<String, String> arguments = new CommandArgs<>(StringCodec.UTF8).add(first);
        others.forEach(arguments::add);
        return arguments;
    }

    static class Oracle {

        @CachedPrompt(scope = "#user", tags = "why")
        public String ask(String question, String user) {
            return "because";
        }
    }
}
