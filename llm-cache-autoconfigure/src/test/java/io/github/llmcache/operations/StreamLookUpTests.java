package io.github.llmcache.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llmcache.annotation.CachedPrompt;
import io.github.llmcache.autoconfigure.reactor.LlmCacheReactorAutoConfiguration;
import io.github.llmcache.testing.CacheApplication;
import io.github.llmcache.testing.RealRedis;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Look-ups by the answer's own type, of methods that do not return the answer itself. */
class StreamLookUpTests {

    static class Oracle {

        private final AtomicInteger calls = new AtomicInteger();

        public int calls() {
            return calls.get();
        }

        @CachedPrompt
        public Flux<String> stream(String question) {
            calls.incrementAndGet();
            return Flux.just("model's ", "answer");
        }

        @CachedPrompt
        public Mono<String> one(String question) {
            calls.incrementAndGet();
            return Mono.just("model's answer");
        }

        @CachedPrompt
        public CompletableFuture<String> later(String question) {
            calls.incrementAndGet();
            return CompletableFuture.completedFuture("model's answer");
        }
    }

    @Test
    void the_answer_is_the_value_or_the_list_of_the_elements() {
        RealRedis.shared().commands().flushall();
        CacheApplication.on(RealRedis.shared())
                .withConfiguration(AutoConfigurations.of(LlmCacheReactorAutoConfiguration.class))
                .withBean(Oracle.class)
                .run(context -> {
                    PromptCacheOperations operations = context.getBean(PromptCacheOperations.class);
                    Oracle oracle = context.getBean(Oracle.class);
                    assertThat(operations.lookUp(() -> oracle.stream("question"), List.class))
                            .isEmpty();
                    assertThat(operations.lookUp(() -> oracle.one("question").map(String::strip), String.class))
                            .isEmpty();

                    operations.put(() -> oracle.stream("question"), List.of("by ", "hand"));
                    operations.put(() -> oracle.one("question"), "by hand");
                    operations.put(() -> oracle.later("question"), "by hand");

                    assertThat(operations.lookUp(() -> oracle.stream("question"), List.class))
                            .contains(List.of("by ", "hand"));
                    assertThat(operations.lookUp(() -> oracle.one("question").map(String::strip), String.class))
                            .contains("by hand");
                    assertThat(operations.lookUp(() -> oracle.later("question"), String.class))
                            .contains("by hand");
                    assertThatThrownBy(() -> operations.lookUp(() -> oracle.one("question"), List.class))
                            .isInstanceOf(ClassCastException.class);
                    assertThat(oracle.stream("question").collectList().block()).containsExactly("by ", "hand");
                    assertThat(oracle.calls()).isZero();
                });
    }
}
