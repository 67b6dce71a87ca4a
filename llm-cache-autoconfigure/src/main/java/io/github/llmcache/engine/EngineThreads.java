package io.github.llmcache.engine;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The threads of the engine's own, all daemons, which start when they are first needed.
 *
 * <p>Thread-safe. Closing it interrupts the calls of the model that run in the background.
 */
public final class EngineThreads implements AutoCloseable {

    /** Few, since nothing is meant to block on them; those that do all the same are made up for. */
    private static final int ANSWERING = Math.max(4, Runtime.getRuntime().availableProcessors());

    private final ClassLoader classLoader = EngineThreads.class.getClassLoader();
    private final AtomicInteger number = new AtomicInteger();
    private final ScheduledThreadPoolExecutor timer;
    private final ExecutorService background;
    private final ForkJoinPool answers;

    /** Creates the threads. */
    public EngineThreads() {
        timer = new ScheduledThreadPoolExecutor(1, task -> thread(task, "llm-cache-timer"));
        timer.setRemoveOnCancelPolicy(true);
        background = Executors.newCachedThreadPool(task -> thread(task, "llm-cache-load-" + number.incrementAndGet()));
        // What callers chain to their futures runs here too. In a fork-join pool one that joins another future does not
        // take a thread away from it.
        answers = new ForkJoinPool(ANSWERING, this::worker, null, true);
    }

    /** Calls when a wait has been too long. */
    ScheduledExecutorService timer() {
        return timer;
    }

    /** Runs a short task later; never where the application has ended by then. */
    @Nullable
    Future<?> after(Duration delay, Runnable task) {
        try {
            return timer.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException ex) {
            return null;
        }
    }

    /** Asks models, a thread for each. */
    Executor background() {
        return task -> execute(background, task);
    }

    /** Goes on with asynchronous calls. */
    Executor answers() {
        return task -> execute(answers, task);
    }

    /** A call that is under way while the application ends goes on all the same. */
    private static void execute(Executor executor, Runnable task) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException ex) {
            ForkJoinPool.commonPool().execute(task);
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
        background.shutdownNow();
        answers.shutdownNow();
    }

    private Thread thread(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.setContextClassLoader(classLoader);
        return thread;
    }

    private ForkJoinWorkerThread worker(ForkJoinPool pool) {
        ForkJoinWorkerThread thread = ForkJoinPool.defaultForkJoinWorkerThreadFactory.newThread(pool);
        thread.setName("llm-cache-answer-" + number.incrementAndGet());
        thread.setContextClassLoader(classLoader);
        return thread;
    }
}
