package io.github.llmcache.redis;

import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.TierException;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Threads that ask a client which blocks, each question for no longer than the timeout. */
final class ReaderThreads implements AutoCloseable {

    private static final int READERS = 16;

    /** As many callers as a JVM may have at a time; none of them waits here for longer than the timeout. */
    private static final int QUEUE = 4096;

    private final long timeoutNanos;
    private final ThreadPoolExecutor readers;

    ReaderThreads(Duration timeout) {
        this.timeoutNanos = timeout.toNanos();
        this.readers = new ThreadPoolExecutor(
                READERS, READERS, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(QUEUE), task -> {
                    Thread thread = new Thread(task, "llm-cache-redis-reader");
                    thread.setDaemon(true);
                    return thread;
                });
        readers.allowCoreThreadTimeOut(true);
    }

    /** Asks; cancelling the future, or the end of the time, interrupts the question. */
    <T extends @Nullable Object> CompletableFuture<T> ask(Callable<T> question) {
        CompletableFuture<T> reply = new CompletableFuture<>();
        Future<?> asking;
        try {
            asking = readers.submit(() -> {
                try {
                    if (!reply.isDone()) {
                        reply.complete(question.call());
                    }
                } catch (Throwable ex) {
                    reply.completeExceptionally(ex);
                }
            });
        } catch (RejectedExecutionException ex) {
            return CompletableFuture.failedFuture(
                    new TierException(FailureKind.TIMEOUT, "Too many reads wait already", ex));
        }
        reply.orTimeout(timeoutNanos, TimeUnit.NANOSECONDS).whenComplete((value, failure) -> {
            if (failure != null) {
                asking.cancel(true);
            }
        });
        return reply;
    }

    @Override
    public void close() {
        readers.shutdownNow();
    }
}
