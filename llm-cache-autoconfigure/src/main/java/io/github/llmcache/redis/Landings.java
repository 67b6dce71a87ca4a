package io.github.llmcache.redis;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Tells those who wait for another JVM that its lease has ended, as Redis publishes it.
 *
 * <p>Who registers before Redis is asked whether the lease is held misses no end of it, as long as {@link #areHeard}. When
 * listening begins anew, all are told, because some ends may have been missed. Thread-safe.
 */
final class Landings {

    private final CacheConnection connection;
    private final byte[] channel;
    private final Map<String, Set<CompletableFuture<@Nullable Void>>> waiting = new ConcurrentHashMap<>();
    private volatile @Nullable Subscription subscription;

    Landings(CacheConnection connection, RedisKeys keys) {
        this.connection = connection;
        this.channel = RedisKeys.bytes(keys.landed());
    }

    /** Whether ends are told at once; listening begins in the background with the first question. */
    boolean areHeard() {
        Subscription current = subscription;
        return (current == null ? listen() : current).isActive();
    }

    private synchronized Subscription listen() {
        Subscription current = subscription;
        if (current == null) {
            current = connection.subscribe(channel, this::told, this::tellAll);
            subscription = current;
        }
        return current;
    }

    /** Completes, on a thread of the cache's own, when the lease of an entry next ends; forgotten when cancelled. */
    CompletableFuture<@Nullable Void> next(String entry) {
        CompletableFuture<@Nullable Void> landing = new CompletableFuture<>();
        waiting.compute(entry, (key, others) -> {
            Set<CompletableFuture<@Nullable Void>> all = others == null ? new HashSet<>() : others;
            all.add(landing);
            return all;
        });
        landing.whenComplete((done, failure) -> waiting.computeIfPresent(entry, (key, all) -> {
            all.remove(landing);
            return all.isEmpty() ? null : all;
        }));
        return landing;
    }

    /** Completes a landing on a thread on which its continuations may block. */
    void complete(CompletableFuture<@Nullable Void> landing) {
        if (!landing.isDone()) {
            connection.threads().completions().execute(() -> landing.complete(null));
        }
    }

    /** For how many entries somebody waits. */
    int waiting() {
        return waiting.size();
    }

    private void told(byte[] message) {
        if (message.length == 0) {
            tellAll();
        } else {
            tell(new String(message, StandardCharsets.UTF_8));
        }
    }

    private void tellAll() {
        waiting.keySet().forEach(this::tell);
    }

    private void tell(String entry) {
        Set<CompletableFuture<@Nullable Void>> all = waiting.remove(entry);
        if (all != null) {
            all.forEach(this::complete);
        }
    }
}
