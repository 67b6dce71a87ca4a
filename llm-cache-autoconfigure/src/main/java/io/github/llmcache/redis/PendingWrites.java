package io.github.llmcache.redis;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Writes of several steps that are on their way, so that an application that ends can wait for them. Thread-safe. */
final class PendingWrites {

    private final Set<CompletableFuture<?>> writes = ConcurrentHashMap.newKeySet();

    <T> CompletableFuture<T> track(CompletableFuture<T> write) {
        writes.add(write);
        write.whenComplete((done, failure) -> writes.remove(write));
        return write;
    }

    void await(Duration atMost) {
        try {
            CompletableFuture.allOf(writes.toArray(CompletableFuture[]::new))
                    .get(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException ex) {
            // Whoever asked for the write is told.
        }
    }
}
