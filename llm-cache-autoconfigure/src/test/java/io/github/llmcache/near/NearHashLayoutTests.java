package io.github.llmcache.near;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.llmcache.annotation.CachedPrompt;
import io.github.llmcache.engine.PromptCallObserver;
import io.github.llmcache.testing.RealRedis;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.context.ApplicationContext;

class NearHashLayoutTests {

    @Test
    void answers_in_a_hash_are_not_kept_in_memory_while_those_of_other_caches_are() {
        TwoTiers.on(RealRedis.shared())
                .withBean(Oracle.class)
                .withPropertyValues("llm-cache.caches.hashed.layout=hash")
                .run(context -> {
                    Oracle oracle = context.getBean(Oracle.class);
                    await().until(() -> "redis".equals(tierOf(context, () -> oracle.askHash("Why?"))));
                    await().until(() -> "near".equals(tierOf(context, () -> oracle.ask("Why?"))));

                    for (int i = 0; i < 20; i++) {
                        assertThat(tierOf(context, () -> oracle.askHash("Why?")))
                                .isEqualTo("redis");
                    }
                    assertThat(context.getBean(NearCacheTier.class).keeps("hashed"))
                            .isFalse();
                    assertThat(context.getBean(NearCacheTier.class).keeps("prompt"))
                            .isTrue();
                });
    }

    private static @Nullable String tierOf(ApplicationContext context, Callable<String> call) throws Exception {
        return context.getBean(PromptCallObserver.class)
                .observe(call)
                .last()
                .orElseThrow()
                .tier();
    }

    static class Oracle {

        @CachedPrompt(model = "demo")
        public String ask(String question) {
            return "because";
        }

        @CachedPrompt(cacheName = "hashed", model = "demo")
        public String askHash(String question) {
            return "because";
        }
    }
}
