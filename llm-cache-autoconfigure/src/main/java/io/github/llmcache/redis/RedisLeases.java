package io.github.llmcache.redis;

import io.github.llmcache.key.PromptKey;
import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.LeaseAttempt;
import io.github.llmcache.tier.TierLookup;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Gives leases: one caller in the fleet asks the model, the others wait until it has stored its answer.
 *
 * <p>Thread-safe and never blocks. What fails is told by the attempt.
 */
final class RedisLeases {

    /** How often it is looked whether a lease has ended, where Redis can't tell. */
    private static final Duration LOOK = Duration.ofMillis(100);

    private final CacheConnection connection;
    private final RedisKeys keys;
    private final Generations generations;
    private final EntryStore store;
    private final Landings landings;
    private final FoundEntry found;
    private final Duration time;
    private final Duration longest;

    RedisLeases(CacheConnection connection, RedisKeys keys, Duration time, Duration longest) {
        this.connection = connection;
        this.keys = keys;
        this.generations = new Generations(connection, keys);
        this.store = new EntryStore(connection, keys);
        this.landings = new Landings(connection, keys);
        this.found = new FoundEntry(connection.clock());
        this.time = time;
        this.longest = longest;
    }

    /** Who waits for what. */
    Landings landings() {
        return landings;
    }

    /** Gives a lease that keeps nobody waiting. */
    CompletableFuture<LeaseAttempt> share(PromptKey key, EntryPlace place) {
        CompletableFuture<Long> generation = generations.current(key.cache());
        // Who has looked nothing up has to know what would be overwritten.
        CompletableFuture<TierLookup> present = place.getLater(connection.commands())
                .handle((value, failure) -> failure != null
                        ? new TierLookup.Failure(connection.failed(failure).kind())
                        : found(value, key));
        return generation
                .thenCombine(present, (number, stands) -> (LeaseAttempt) new LeaseAttempt.Granted(
                        new GuardedLease(connection, store, new LeasedEntry(key.cache(), place, number), Hold.NONE),
                        stands))
                .handleAsync(
                        (granted, failure) -> failure != null ? failed(failure) : granted,
                        connection.threads().completions());
    }

    /** Gives leases that keep nobody waiting, for keys of which it is known what stands under them. */
    CompletableFuture<List<LeaseAttempt>> shareAll(List<PromptKey> all, List<EntryPlace> places) {
        Map<String, CompletableFuture<Long>> numbers = new HashMap<>();
        all.forEach(key -> numbers.computeIfAbsent(key.cache(), generations::current));
        return CompletableFuture.allOf(numbers.values().toArray(CompletableFuture<?>[]::new))
                .handleAsync(
                        (done, failure) -> {
                            List<LeaseAttempt> attempts = new ArrayList<>();
                            for (int i = 0; i < all.size(); i++) {
                                String cache = all.get(i).cache();
                                attempts.add(
                                        failure != null
                                                ? failed(failure)
                                                : granted(
                                                        cache,
                                                        places.get(i),
                                                        Objects.requireNonNull(numbers.get(cache))
                                                                .join()));
                            }
                            return attempts;
                        },
                        connection.threads().completions());
    }

    private LeaseAttempt granted(String cache, EntryPlace place, long generation) {
        LeasedEntry leased = new LeasedEntry(cache, place, generation);
        return new LeaseAttempt.Granted(
                new GuardedLease(connection, store, leased, Hold.NONE), TierLookup.Miss.INSTANCE);
    }

    /** Gives the lease that nobody else has, or tells who waits when to try again. */
    CompletableFuture<LeaseAttempt> acquire(PromptKey key, EntryPlace place) {
        if (!connection.scripts().isAllowed()) {
            return share(key, place);
        }
        Attempt attempt = new Attempt(key, place);
        // The number of the last eviction goes first: what is evicted after it is noticed.
        CompletableFuture<Long> generation = generations.current(key.cache());
        CompletableFuture<List<@Nullable Object>> answer =
                place.acquire(connection, attempt.lease, attempt.token, time);
        return CompletableFuture.allOf(generation, answer)
                .handleAsync(
                        (done, failure) -> {
                            if (failure == null) {
                                return CompletableFuture.completedFuture(
                                        attempt.judge(answer.join(), generation.join()));
                            }
                            attempt.changed.cancel(false);
                            if (answer.isCompletedExceptionally()
                                    && connection.scripts().isDeniedBy(cause(answer))) {
                                return share(key, place);
                            }
                            // It may have been given all the same.
                            attempt.hold().end(true);
                            return CompletableFuture.completedFuture(failed(failure));
                        },
                        connection.threads().completions())
                .thenCompose(attempted -> attempted);
    }

    private TierLookup found(byte @Nullable [] value, PromptKey key) {
        try {
            return found.in(value, key);
        } catch (RuntimeException ex) {
            return new TierLookup.Failure(connection.failed(ex).kind());
        }
    }

    private LeaseAttempt failed(Throwable failure) {
        return new LeaseAttempt.Failed(connection.failed(failure).kind());
    }

    private static Throwable cause(CompletableFuture<?> failed) {
        try {
            failed.join();
            throw new IllegalStateException("It has not failed");
        } catch (CompletionException ex) {
            return ex;
        }
    }

    /** One try of one caller. */
    private final class Attempt {

        private final PromptKey key;
        private final EntryPlace place;
        private final byte[] lease;
        private final byte[] token = RedisKeys.bytes(UUID.randomUUID().toString());
        private final boolean heard = landings.areHeard();
        private final CompletableFuture<@Nullable Void> changed;

        Attempt(PromptKey key, EntryPlace place) {
            this.key = key;
            this.place = place;
            this.lease = place.lease(keys);
            this.changed = landings.next(place.name());
        }

        LeaseAttempt judge(List<@Nullable Object> answer, long generation) {
            TierLookup present = found(answer.get(3), answer.get(4));
            if (!Replies.isDone(answer)) {
                watch(Replies.number(answer.get(1)), Replies.bytes(answer.get(2)));
                return new LeaseAttempt.Held(present, changed);
            }
            changed.cancel(false);
            Hold.Exclusive hold = hold();
            hold.renew(time, longest);
            LeasedEntry leased = new LeasedEntry(key.cache(), place, generation);
            return new LeaseAttempt.Granted(new GuardedLease(connection, store, leased, hold), present);
        }

        Hold.Exclusive hold() {
            return new Hold.Exclusive(connection, place, lease, RedisKeys.bytes(keys.landed()), token);
        }

        private TierLookup found(@Nullable Object value, @Nullable Object problem) {
            if (problem != null) {
                FailureKind kind =
                        RedisFailures.kindOfError(new String(Replies.bytes(problem), StandardCharsets.UTF_8));
                return new TierLookup.Failure(kind);
            }
            return RedisLeases.this.found(value instanceof byte[] bytes ? bytes : null, key);
        }

        /** Whatever happens to the holder, its lease ends; and where Redis does not tell when, it is looked for. */
        private void watch(long millisLeft, byte[] holder) {
            Future<?> end = connection
                    .threads()
                    .after(Duration.ofMillis(Math.max(0, millisLeft)).plus(LOOK), () -> landings.complete(changed));
            changed.whenComplete((done, failure) -> end.cancel(false));
            if (!heard) {
                Future<?> looking = connection.threads().every(LOOK, () -> look(holder));
                changed.whenComplete((done, failure) -> looking.cancel(false));
            }
        }

        private void look(byte[] holder) {
            connection.commands().getLater(lease).whenComplete((now, failure) -> {
                if (failure != null || !Arrays.equals(now, holder)) {
                    landings.complete(changed);
                }
            });
        }
    }
}
