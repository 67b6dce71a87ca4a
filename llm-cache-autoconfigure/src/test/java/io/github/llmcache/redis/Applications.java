package io.github.llmcache.redis;

import static org.awaitility.Awaitility.await;

import io.github.llmcache.engine.PromptCallObserver;
import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.testing.CacheApplication;
import io.github.llmcache.testing.RealRedis;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

/** Applications with a model and a listener, for tests of the tier in Redis. */
public final class Applications {

    private Applications() {}

    /** An application with a timeout that a busy machine does not reach by itself. */
    public static ApplicationContextRunner on(RealRedis redis) {
        return CacheApplication.on(redis)
                .withBean(Oracle.class)
                .withBean(RecordedEvents.class)
                .withPropertyValues("llm-cache.default-model=demo", "llm-cache.redis.timeout=3s");
    }

    /** How the cache answered a call. */
    public static CacheOutcome outcomeOf(ApplicationContext context, Callable<?> call) throws Exception {
        return context.getBean(PromptCallObserver.class).observe(call).outcome().orElseThrow();
    }

    /** Asks until the cache answers. */
    public static void awaitHit(ApplicationContext context, Callable<?> call) {
        await().atMost(Duration.ofSeconds(20))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> outcomeOf(context, call) == CacheOutcome.HIT);
    }
}
