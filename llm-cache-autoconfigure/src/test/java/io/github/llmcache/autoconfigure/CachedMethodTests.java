package io.github.llmcache.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llmcache.annotation.CachedPrompt;
import io.github.llmcache.engine.PromptCallObserver;
import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.testing.CacheApplication;
import io.github.llmcache.testing.RealRedis;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class CachedMethodTests {

    private final RealRedis redis = RealRedis.shared();
    private final ApplicationContextRunner application =
            CacheApplication.on(redis).withBean(Oracle.class).withPropertyValues("llm-cache.default-model=demo");

    static class Oracle {

        final AtomicInteger calls = new AtomicInteger();

        @CachedPrompt
        public String ask(String question) {
            return "Answer " + calls.incrementAndGet() + " to " + question;
        }
    }

    @Test
    void a_repeated_prompt_is_answered_from_redis() {
        application.run(context -> {
            Oracle oracle = context.getBean(Oracle.class);
            PromptCallObserver observer = context.getBean(PromptCallObserver.class);

            String first = oracle.ask("What is a transformer?");
            var second = observer.observe(() -> oracle.ask("  what is a   TRANSFORMER? "));

            assertThat(second.value()).isEqualTo(first);
            assertThat(second.outcome()).contains(CacheOutcome.HIT);
            assertThat(second.last().orElseThrow().tier()).isEqualTo("redis");
            assertThat(redis.commands().keys("prompt:*")).hasSize(1);
            System.out.println(
                    redis.commands().get(redis.commands().keys("prompt:*").get(0)));
        });
    }
}
