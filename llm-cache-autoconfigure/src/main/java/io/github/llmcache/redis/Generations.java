package io.github.llmcache.redis;

import io.github.llmcache.tier.CacheEntry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.RedisConnection;

/**
 * Counts the evictions of a cache, and marks what each took away with its number, so that an answer that was asked for
 * before is not stored after.
 *
 * <p>An answer remembers the number that stood before the model was asked. Once it stands in Redis, its marks are read:
 * if one is newer, it is taken away again. An eviction first raises the number, then marks, and only then looks for
 * entries. So whichever comes first, it is noticed: either the mark stands before the marks are read, or the entry stood
 * before the eviction looked. Thread-safe.
 */
final class Generations {

    /** Above every number: for what is stored without a lease. */
    static final long UNGUARDED = Long.MAX_VALUE;

    /** No call of a model takes longer. */
    private static final Duration MARK = Duration.ofDays(1);

    private final CacheConnection connection;
    private final RedisKeys keys;

    Generations(CacheConnection connection, RedisKeys keys) {
        this.connection = connection;
        this.keys = keys;
    }

    /**
     * The number of the last eviction.
     *
     * <p>Redis may have evicted the counter, but not the marks: then it is made anew, above all of them, because nothing
     * could be stored before they are gone too.
     */
    CompletableFuture<Long> current(String cache) {
        byte[] counter = RedisKeys.bytes(keys.generation(cache));
        return connection
                .commands()
                .getLater(counter)
                .thenCompose(value -> value == null && connection.scripts().isAllowed()
                        ? begun(counter)
                        : CompletableFuture.completedFuture(number(value)));
    }

    /** Zero where that failed, for which any mark counts. */
    private CompletableFuture<Long> begun(byte[] counter) {
        return connection.commands().run(Script.COUNT, List.of(counter)).handle((counted, failure) -> {
            if (failure != null) {
                connection.scripts().isDeniedBy(failure);
                return 0L;
            }
            return number(Replies.bytes(counted.get(0)));
        });
    }

    /** Whether something has been evicted that an entry is, since a number was the last. */
    CompletableFuture<Boolean> evictedSince(long generation, String cache, CacheEntry entry) {
        if (generation == UNGUARDED) {
            return CompletableFuture.completedFuture(false);
        }
        List<byte[]> marks = new ArrayList<>(marksOf(cache, entry));
        if (!connection.scripts().isAllowed()) {
            // Without scripts two evictions at a time can hide each other's marks, so any eviction counts.
            marks.add(RedisKeys.bytes(keys.generation(cache)));
        }
        return connection.commands().getAll(marks).thenApply(values -> values.stream()
                .anyMatch(value -> number(value) > generation));
    }

    /** The keys of the marks of all that an entry can be evicted by. */
    List<byte[]> marksOf(String cache, CacheEntry entry) {
        return Term.allOf(entry).stream()
                .map(term -> RedisKeys.bytes(keys.mark(cache, term)))
                .toList();
    }

    /**
     * Begins an eviction: from now on no answer is stored that was asked for before.
     *
     * @throws io.github.llmcache.tier.TierException if Redis did not take it
     */
    void evicted(String cache, Term term) {
        byte[] counter = RedisKeys.bytes(keys.generation(cache));
        byte[] mark = RedisKeys.bytes(keys.mark(cache, term));
        if (connection.scripts().isAllowed()) {
            try {
                List<@Nullable Object> counted =
                        Replies.await(connection.commands().run(Script.COUNT, List.of(counter)));
                Replies.await(connection
                        .commands()
                        .run(Script.MARK, List.of(mark), Replies.bytes(counted.get(0)), Replies.millis(MARK)));
                return;
            } catch (RuntimeException ex) {
                if (!connection.scripts().isDeniedBy(ex)) {
                    throw ex;
                }
            }
        }
        try (RedisConnection redis = connection.factory().getConnection()) {
            // As the script does it: a counter that was lost goes on above what it was.
            redis.stringCommands().setNX(counter, RedisKeys.bytes(Long.toString(System.currentTimeMillis() * 1000)));
            Long number = redis.stringCommands().incr(counter);
            redis.stringCommands().pSetEx(mark, MARK.toMillis(), RedisKeys.bytes(Long.toString(number)));
        }
    }

    /** What is no number was written by somebody else; whatever it meant, no answer is stored over it. */
    private static long number(byte @Nullable [] value) {
        if (value == null) {
            return 0;
        }
        try {
            return Long.parseLong(new String(value, StandardCharsets.US_ASCII));
        } catch (NumberFormatException ex) {
            return Long.MAX_VALUE;
        }
    }
}
