package io.github.llmcache.testing;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Starts calls that a test lets wait, each on a thread of its own: the common pool may have no thread left for the one that
 * the others wait for.
 */
public final class OwnThread {

    private OwnThread() {}

    /** Starts a call whose outcome is of interest. */
    public static <T> CompletableFuture<T> supply(Supplier<T> call) {
        return CompletableFuture.supplyAsync(call, OwnThread::start);
    }

    /** Starts a task. */
    public static CompletableFuture<Void> run(Runnable task) {
        return CompletableFuture.runAsync(task, OwnThread::start);
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "test-caller");
        thread.setDaemon(true);
        thread.start();
    }
}
