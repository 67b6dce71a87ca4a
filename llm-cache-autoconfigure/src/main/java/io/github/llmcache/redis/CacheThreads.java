package io.github.llmcache.redis;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The cache's own threads, all daemons that end when there is nothing to do.
 *
 * <p>What callers do when their answer is there may block, and may wait for another answer of the cache. On the thread
 * that reads from Redis that answer would never come, and neither would it from a queue behind those who wait; so there is
 * a thread for each, up to a bound, and beyond it the JVM's common pool, where asynchronous code of an application runs
 * anyway. Thread-safe.
 */
final class CacheThreads implements AutoCloseable {

    private static final int MOST = 32;

    private static final int MOST_LOOKUPS = 4;

    private final ThreadPoolExecutor completions;
    private final ThreadPoolExecutor lookups;
    private final ScheduledThreadPoolExecutor timer;

    CacheThreads() {
        this.completions = new ThreadPoolExecutor(
                0,
                MOST,
                10,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                named("llm-cache-answers"),
                (task, executor) -> ForkJoinPool.commonPool().execute(task));
        this.lookups = new ThreadPoolExecutor(
                MOST_LOOKUPS,
                MOST_LOOKUPS,
                10,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                named("llm-cache-lookups"),
                (task, executor) -> ForkJoinPool.commonPool().execute(task));
        lookups.allowCoreThreadTimeOut(true);
        this.timer = new ScheduledThreadPoolExecutor(1, named("llm-cache-redis-leases"));
        timer.setRemoveOnCancelPolicy(true);
        timer.setKeepAliveTime(10, TimeUnit.SECONDS);
        timer.allowCoreThreadTimeOut(true);
    }

    /** Runs what callers do with their answers. */
    Executor completions() {
        return completions;
    }

    /** Runs what ends look-ups for which threads wait, and nothing of callers. */
    Executor lookups() {
        return lookups;
    }

    /** Runs a task again and again, which must not block, until it is cancelled or the threads are closed. */
    Future<?> every(Duration delay, Runnable task) {
        try {
            return timer.scheduleWithFixedDelay(task, delay.toNanos(), delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException ex) {
            return CompletableFuture.completedFuture(null);
        }
    }

    /** Runs a task later, which must not block; at once if the threads are closed. */
    Future<?> after(Duration delay, Runnable task) {
        try {
            return timer.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException ex) {
            task.run();
            return CompletableFuture.completedFuture(null);
        }
    }

    /** How many tasks wait for their time. */
    int waiting() {
        return timer.getQueue().size();
    }

    @Override
    public void close() {
        timer.shutdownNow();
        completions.shutdown();
        lookups.shutdown();
    }

    private static ThreadFactory named(String name) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}
