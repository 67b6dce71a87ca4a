package io.github.llmcache.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llmcache.annotation.CachedPrompt;
import io.github.llmcache.annotation.EvictPrompt;
import io.github.llmcache.autoconfigure.reactor.LlmCacheReactorAutoConfiguration;
import io.github.llmcache.testing.CacheApplication;
import io.github.llmcache.testing.RealRedis;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class EvictingPublisherTests {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final RealRedis redis = RealRedis.shared();

    @BeforeEach
    @AfterEach
    void empty() {
        redis.commands().flushall();
    }

    @Test
    void an_eviction_comes_when_a_mono_or_a_flux_is_complete_and_not_when_it_fails() {
        CacheApplication.on(redis)
                .withConfiguration(AutoConfigurations.of(LlmCacheReactorAutoConfiguration.class))
                .withBean(Documents.class)
                .run(context -> {
                    Documents documents = context.getBean(Documents.class);
                    documents.ask("7");
                    awaitAnswers(1);

                    Mono<String> changing = documents.change("7");
                    assertThat(documents.change("other").block(PATIENCE)).isEqualTo("other changed");
                    assertThat(documents.fail("7").onErrorComplete().block(PATIENCE))
                            .isNull();
                    assertThat(redis.answers()).hasSize(1);
                    assertThat(changing.block(PATIENCE)).isEqualTo("7 changed");
                    assertThat(redis.answers()).isEmpty();

                    documents.ask("7");
                    awaitAnswers(1);
                    assertThat(documents.remove("7").block(PATIENCE)).isNull();
                    assertThat(redis.answers()).isEmpty();

                    documents.ask("7");
                    awaitAnswers(1);
                    Flux<String> parts = documents.changeParts("7");
                    assertThat(redis.answers()).hasSize(1);
                    assertThat(parts.collectList().block(PATIENCE)).containsExactly("one", "two");
                    assertThat(redis.answers()).isEmpty();
                });
    }

    private void awaitAnswers(int number) {
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(redis.answers())
                .hasSize(number));
    }

    static class Documents {

        private final AtomicInteger asked = new AtomicInteger();

        @CachedPrompt(tags = "document-#{#id}")
        public String ask(String id) {
            return id + " " + asked.incrementAndGet();
        }

        @EvictPrompt(tags = "document-#{#id}")
        public Mono<String> change(String id) {
            return Mono.fromSupplier(() -> id + " changed");
        }

        @EvictPrompt(tags = "document-#{#id}")
        public Mono<String> fail(String id) {
            return Mono.error(new IOException("no"));
        }

        @EvictPrompt(tags = "document-#{#id}")
        public Mono<Void> remove(String id) {
            return Mono.empty();
        }

        @EvictPrompt(tags = "document-#{#id}")
        public Flux<String> changeParts(String id) {
            return Flux.just("one", "two");
        }
    }
}
