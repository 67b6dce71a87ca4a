package io.github.llmcache.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llmcache.annotation.CachedPrompt;
import io.github.llmcache.testing.CacheApplication;
import io.github.llmcache.testing.RealRedis;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Nothing is stored by hand that the cache would not store. */
class StoringRefusedTests {

    private final RealRedis redis = RealRedis.shared();
    private final ApplicationContextRunner application =
            CacheApplication.on(redis).withBean(Oracle.class);

    @BeforeEach
    void empty() {
        redis.commands().flushall();
    }

    static class Oracle {

        @CachedPrompt
        public String ask(String question) {
            return "model's answer";
        }
    }

    private byte[] exported() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        application.run(context -> {
            PromptCacheOperations operations = context.getBean(PromptCacheOperations.class);
            operations.put(() -> context.getBean(Oracle.class).ask("question"), "by hand");
            operations.export("prompt", out);
        });
        redis.commands().flushall();
        return out.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(strings = {"off", "read-only"})
    void a_mode_in_which_nothing_is_stored_counts_for_what_is_put_and_warmed(String mode, @TempDir Path folder)
            throws Exception {
        byte[] lines = exported();
        Path answers = Files.writeString(folder.resolve("answers"), "{\"prompt\": \"a\", \"answer\": \"b\"}\n");
        application.withPropertyValues("llm-cache.mode=" + mode).run(context -> {
            PromptCacheOperations operations = context.getBean(PromptCacheOperations.class);
            Oracle oracle = context.getBean(Oracle.class);
            WarmReport skipped = new WarmReport(0, 1, 0, true, List.of());

            assertThat(operations.put(() -> oracle.ask("question"), "by hand")).isFalse();
            assertThat(operations.warm(new ByteArrayInputStream(lines))).isEqualTo(skipped);
            assertThat(operations.warm(answers, oracle::ask)).isEqualTo(skipped);
            assertThat(redis.answers()).isEmpty();
        });
    }

    @Test
    void an_answer_that_is_larger_than_entries_may_be_is_refused(@TempDir Path folder) throws Exception {
        byte[] lines = exported();
        Path answers = Files.writeString(folder.resolve("answers"), "{\"prompt\": \"a\", \"answer\": \"by hand\"}\n");
        application.withPropertyValues("llm-cache.max-entry-size=8B").run(context -> {
            PromptCacheOperations operations = context.getBean(PromptCacheOperations.class);
            Oracle oracle = context.getBean(Oracle.class);

            assertThatThrownBy(() -> operations.put(() -> oracle.ask("question"), "by hand"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("max-entry-size")
                    .hasMessageNotContaining("by hand");
            for (WarmReport report :
                    List.of(operations.warm(new ByteArrayInputStream(lines)), operations.warm(answers, oracle::ask))) {
                assertThat(report.failed()).isOne();
                assertThat(report.problems().get(0).reason()).contains("max-entry-size");
            }
            assertThat(redis.answers()).isEmpty();
            assertThat(operations.put(() -> oracle.ask("question"), "short!")).isTrue();
        });
    }
}
