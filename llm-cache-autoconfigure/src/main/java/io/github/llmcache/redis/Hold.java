package io.github.llmcache.redis;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The holding of a lease in Redis, of which there may be none. Thread-safe. */
interface Hold {

    /** Nothing is held, so nobody else is kept waiting. */
    Hold NONE = new Hold() {

        @Override
        public CompletableFuture<Boolean> write(
                CacheConnection connection, EntryPlace place, byte[] value, Duration ttl) {
            return place.set(connection, value, ttl).thenApply(done -> true);
        }

        @Override
        public byte[] token() {
            return new byte[0];
        }

        @Override
        public void end(boolean tell) {}
    };

    /** Writes the entry if the lease stands, and ends it by that. */
    CompletableFuture<Boolean> write(CacheConnection connection, EntryPlace place, byte[] value, Duration ttl);

    /** What stands in Redis while the lease is held; empty where nothing is. */
    byte[] token();

    /**
     * Renews the lease no more.
     *
     * @param tell whether to end it in Redis too, and to tell those who wait
     */
    void end(boolean tell);

    /** A lease that nobody else has, renewed until it ends, is found gone, or has been held for too long. */
    final class Exclusive implements Hold {

        /** How often it is tried to end a lease while Redis can't be reached, and for how long. */
        private static final Duration AGAIN = Duration.ofMillis(250);

        private static final Duration LONGEST_RELEASE = Duration.ofMinutes(10);

        private final CacheConnection connection;
        private final EntryPlace place;
        private final byte[] leaseKey;
        private final byte[] channel;
        private final byte[] token;
        private volatile @Nullable Future<?> renewal;
        private volatile @Nullable Future<?> releasing;
        private volatile boolean gone;

        Exclusive(CacheConnection connection, EntryPlace place, byte[] leaseKey, byte[] channel, byte[] token) {
            this.connection = connection;
            this.place = place;
            this.leaseKey = leaseKey;
            this.channel = channel;
            this.token = token;
        }

        /**
         * Renews the lease every third of its time, but not for ever: a call of the model that never ends would keep
         * everybody waiting.
         */
        void renew(Duration time, Duration longest) {
            long end = System.nanoTime() + longest.toNanos();
            renewal = connection.threads().every(time.dividedBy(3), () -> {
                if (System.nanoTime() - end > 0) {
                    stop();
                } else if (!gone) {
                    lengthen(time);
                }
            });
        }

        private void lengthen(Duration time) {
            connection
                    .commands()
                    .run(Script.RENEW, List.of(leaseKey), token, Replies.millis(time))
                    .whenComplete((answer, failure) -> {
                        if (failure == null && !Replies.isDone(answer)) {
                            stop();
                        }
                    });
        }

        @Override
        public CompletableFuture<Boolean> write(CacheConnection through, EntryPlace entry, byte[] value, Duration ttl) {
            return entry.setHeld(through, leaseKey, token, channel, value, ttl);
        }

        @Override
        public byte[] token() {
            return token;
        }

        @Override
        public void end(boolean tell) {
            stop();
            if (tell) {
                connection.pendingWrites().track(release()).whenComplete((answer, failure) -> {
                    if (failure != null && !connection.scripts().isDeniedBy(failure)) {
                        releaseLater();
                    }
                });
            }
        }

        private CompletableFuture<List<@Nullable Object>> release() {
            return connection
                    .commands()
                    .run(Script.RELEASE, List.of(leaseKey), token, channel, RedisKeys.bytes(place.name()));
        }

        /**
         * Tries again what failed: otherwise all who ask the same would wait, for the lease's time, for somebody who has left.
         *
         * <p>A server that says that nothing is held is asked once more: what was sent over a line that broke may be done
         * there after what was sent over the next one.
         */
        private void releaseLater() {
            long end = System.nanoTime() + LONGEST_RELEASE.toNanos();
            AtomicInteger unheld = new AtomicInteger();
            releasing = connection.threads().every(AGAIN, () -> release().whenComplete((answer, failure) -> {
                boolean done = failure == null && (Replies.isDone(answer) || unheld.incrementAndGet() == 2);
                if (done || System.nanoTime() - end > 0) {
                    cancel(releasing);
                }
            }));
        }

        private void stop() {
            gone = true;
            cancel(renewal);
        }

        private static void cancel(@Nullable Future<?> current) {
            if (current != null) {
                current.cancel(false);
            }
        }
    }
}
