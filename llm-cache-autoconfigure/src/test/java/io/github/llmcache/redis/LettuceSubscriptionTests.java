package io.github.llmcache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llmcache.testing.OwnThread;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/** The end of listening, at a moment that a real client reaches by chance. */
class LettuceSubscriptionTests {

    private final CountDownLatch subscribing = new CountDownLatch(1);
    private final AtomicBoolean closed = new AtomicBoolean();

    @Test
    void an_end_waits_until_the_connection_that_was_being_opened_is_closed_since_the_client_s_threads_go_next()
            throws Exception {
        try (CacheThreads threads = new CacheThreads()) {
            LettuceSubscription subscription =
                    new LettuceSubscription(factory(), threads, new byte[] {1}, message -> {}, () -> {}, () -> {});
            subscription.open();
            assertThat(subscribing.await(10, TimeUnit.SECONDS)).isTrue();

            CompletableFuture<Boolean> closedFirst = OwnThread.supply(() -> {
                subscription.close();
                return closed.get();
            });

            assertThat(closedFirst.get(10, TimeUnit.SECONDS)).isTrue();
            assertThat(subscription.isActive()).isFalse();
        }
    }

    private RedisConnectionFactory factory() {
        RedisConnection connection =
                proxy(RedisConnection.class, (proxy, method, arguments) -> asked(method.getName()));
        return proxy(RedisConnectionFactory.class, (proxy, method, arguments) -> connection);
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    /** Subscribes at the moment of the end, and takes a while to close. */
    private @Nullable Object asked(String method) {
        if (method.equals("subscribe")) {
            subscribing.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException ex) {
                // It was answered just before.
            }
        } else if (method.equals("close")) {
            long until = System.nanoTime() + Duration.ofMillis(100).toNanos();
            while (System.nanoTime() - until < 0) {
                Thread.onSpinWait();
            }
            closed.set(true);
        }
        return null;
    }
}
