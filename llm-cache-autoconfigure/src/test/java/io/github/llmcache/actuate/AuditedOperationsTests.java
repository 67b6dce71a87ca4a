package io.github.llmcache.actuate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llmcache.annotation.CachedPrompt;
import io.github.llmcache.autoconfigure.actuate.LlmCacheAuditAutoConfiguration;
import io.github.llmcache.operations.CacheOperationListener;
import io.github.llmcache.operations.PromptCacheOperations;
import io.github.llmcache.testing.CacheApplication;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.testing.RecordingEvictor;
import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.TierException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.audit.AuditEvent;
import org.springframework.boot.actuate.audit.AuditEventRepository;
import org.springframework.boot.actuate.audit.InMemoryAuditEventRepository;
import org.springframework.boot.actuate.autoconfigure.audit.AuditAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** What the application's own code does with its caches is audited, without a text. */
class AuditedOperationsTests {

    private final ApplicationContextRunner application = CacheApplication.on(RealRedis.shared())
            .withConfiguration(
                    AutoConfigurations.of(AuditAutoConfiguration.class, LlmCacheAuditAutoConfiguration.class))
            .withBean(InMemoryAuditEventRepository.class)
            .withBean(RecordingEvictor.class)
            .withBean(Oracle.class);

    static class Oracle {

        @CachedPrompt
        public String ask(String question) {
            return "model's answer";
        }
    }

    @Test
    void what_was_done_and_how_many_are_told_and_never_a_text() {
        application.run(context -> {
            assertThat(context).hasNotFailed();
            PromptCacheOperations operations = context.getBean(PromptCacheOperations.class);
            Oracle oracle = context.getBean(Oracle.class);
            RealRedis.shared().commands().flushall();
            operations.evictAll("prompt");
            operations.put(() -> oracle.ask("What does anna know?"), "secret");
            ByteArrayOutputStream out = new ByteArrayOutputStream();

            operations.export("prompt", out);
            operations.evict(() -> oracle.ask("What does anna know?"));
            operations.warm(new ByteArrayInputStream(out.toByteArray()));
            operations.evictByTag("prompt", "of anna");
            operations.evictByModel("prompt", "anna's");
            operations.forget("anna");
            context.getBean(RecordingEvictor.class).failWith(FailureKind.TIMEOUT);
            assertThatThrownBy(() -> operations.evictByScope("prompt", "anna")).isInstanceOf(TierException.class);

            List<AuditEvent> events =
                    context.getBean(AuditEventRepository.class).find("application", null, null);
            assertThat(events)
                    .extracting(AuditEvent::getType, AuditEvent::getData)
                    .containsExactly(
                            of("EVICTED", Map.of("cache", "prompt", "by", "all", "count", 0L)),
                            of("EXPORTED", Map.of("cache", "prompt", "count", 1L)),
                            of("EVICTED", Map.of("cache", "prompt", "by", "digest", "count", 1L)),
                            of("WARMED", Map.of("cache", "*", "count", 1L)),
                            of("EVICTED", Map.of("cache", "prompt", "by", "tag", "count", 1L)),
                            of("EVICTED", Map.of("cache", "prompt", "by", "model", "count", 1L)),
                            of("EVICTED", Map.of("cache", "prompt", "by", "scope", "count", 1L)),
                            of("EVICTED", Map.of("cache", "prompt", "by", "scope", "failure", "timeout")));
            assertThat(events.toString()).doesNotContain("anna").doesNotContain("secret");
        });
    }

    private static Tuple of(String type, Map<String, Object> data) {
        return Tuple.tuple("LLM_CACHE_" + type, data);
    }

    @Test
    void a_listener_that_fails_hinders_neither_the_operation_nor_other_listeners() {
        application
                .withBean("failing", CacheOperationListener.class, () -> new CacheOperationListener() {
                    @Override
                    public void evicted(String cache, String by, long count) {
                        throw new IllegalStateException("secret");
                    }
                })
                .run(context -> {
                    assertThat(context.getBean(PromptCacheOperations.class).evictByTag("prompt", "a"))
                            .isOne();
                    assertThat(context.getBean(AuditEventRepository.class).find("application", null, null))
                            .hasSize(1);
                });
    }

    @Test
    void it_is_an_auto_configuration_that_needs_actuator() {
        assertThat(ImportCandidates.load(AutoConfiguration.class, getClass().getClassLoader()))
                .contains(LlmCacheAuditAutoConfiguration.class.getName());
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(LlmCacheAuditAutoConfiguration.class))
                .withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate"))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("llmCacheAuditedOperations"));
    }
}
