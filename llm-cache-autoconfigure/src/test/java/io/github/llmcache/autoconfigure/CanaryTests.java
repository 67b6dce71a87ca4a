package io.github.llmcache.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.llmcache.annotation.CachedPrompt;
import io.github.llmcache.annotation.Prompt;
import io.github.llmcache.autoconfigure.metrics.LlmCacheMetricsAutoConfiguration;
import io.github.llmcache.testing.CacheApplication;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.testing.RecordingListener;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What users ask and are told shows nowhere but in Redis, whatever goes wrong. */
@ExtendWith(OutputCaptureExtension.class)
class CanaryTests {

    private static final String PROMPT = "canaryprompt";
    private static final String ANSWER = "canaryanswer";
    private static final String USER = "canaryuser";

    static class Oracle {

        @CachedPrompt(scope = "#user", unless = "#result.nothing")
        public String ask(String user, @Prompt String question) {
            return ANSWER;
        }

        @CachedPrompt(scope = "#user.substring(1000)")
        public String askWithBrokenScope(String user, @Prompt String question) {
            return ANSWER;
        }

        @CachedPrompt
        public String askPlainly(String user, @Prompt String question) {
            return ANSWER;
        }

        @CachedPrompt
        public List<String> askForList(String user, @Prompt String question) {
            return List.of(ANSWER);
        }

        @CachedPrompt
        public String fail(String user, @Prompt String question) {
            throw new IllegalStateException("the model is away");
        }
    }

    @Test
    void no_prompt_answer_or_user_is_in_logs_or_meters(CapturedOutput output) {
        RealRedis redis = RealRedis.shared();
        CacheApplication.on(redis)
                .withConfiguration(AutoConfigurations.of(LlmCacheMetricsAutoConfiguration.class))
                .withBean(Oracle.class)
                .withBean(RecordingListener.class)
                .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
                .run(context -> {
                    Oracle oracle = context.getBean(Oracle.class);
                    oracle.ask(USER, PROMPT);
                    oracle.askWithBrokenScope(USER, PROMPT);
                    oracle.askForList(USER, PROMPT);
                    oracle.askPlainly(USER, PROMPT);
                    oracle.askPlainly(USER, PROMPT);
                    try {
                        oracle.fail(USER, PROMPT);
                    } catch (IllegalStateException ex) {
                        // The model's own exception is the model's own affair.
                    }
                    await().until(() -> !redis.commands().keys("prompt:*").isEmpty());
                    // Another kind of value, and damage, under every key.
                    for (String key : redis.commands().keys("prompt:*")) {
                        String value = redis.commands().get(key);
                        redis.commands().set(key, value.replace("\"payload\":", "\"payload\":!"));
                    }
                    oracle.askPlainly(USER, PROMPT);
                    oracle.askForList(USER, PROMPT);

                    assertThat(context.getBean(RecordingListener.class).failures())
                            .isNotEmpty();
                    assertThat(context.getBean(RecordingListener.class).calls().toString())
                            .doesNotContain(PROMPT, ANSWER, USER);
                    assertThat(context.getBean(MeterRegistry.class).getMeters())
                            .isNotEmpty()
                            .extracting(Meter::getId)
                            .extracting(Meter.Id::toString)
                            .noneMatch(id -> id.contains("canary"));
                });
        assertThat(output.getAll())
                .contains("failed with java.lang.StringIndexOutOfBoundsException")
                .doesNotContain(PROMPT, ANSWER, USER);
    }
}
