package io.github.llmcache.redis;

import io.github.llmcache.event.CacheStatistics.Snapshot;
import io.github.llmcache.event.DailyStatistics;
import io.github.llmcache.event.FleetStatistics;
import io.github.llmcache.tier.FailureKind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.RedisConnection;

/**
 * Reads what {@link RedisStatisticsWriter}s of all JVMs added up in Redis, a day after the other.
 *
 * <p>Thread-safe. Each day is bounded by the connection's timeout. A day whose key holds something else has no counts.
 */
public final class RedisFleetStatistics implements FleetStatistics {

    /** Nobody counts as far; what is more was written by somebody else, and would spoil the sums. */
    private static final long MOST = 1_000_000_000_000_000_000L;

    private final CacheConnection connection;
    private final RedisKeys keys;

    /**
     * Creates the reader.
     *
     * @param connection the cache's connection
     * @param keys makes the keys of the hashes
     */
    public RedisFleetStatistics(CacheConnection connection, RedisKeys keys) {
        this.connection = connection;
        this.keys = keys;
    }

    @Override
    public DailyStatistics of(String cache, LocalDate from, LocalDate to, Duration atMost) {
        long count = ChronoUnit.DAYS.between(from, to) + 1;
        if (count < 1 || count > MOST_DAYS) {
            throw new IllegalArgumentException("From 1 to " + MOST_DAYS + " days can be read at once, not " + count);
        }
        long began = System.nanoTime();
        SortedMap<LocalDate, Snapshot> days = new TreeMap<>();
        Map<String, Long> sums = new HashMap<>();
        LocalDate day = to;
        try (RedisConnection redis = connection.factory().getConnection()) {
            do {
                Map<String, Long> counts = read(redis, keys.statistics(cache, day));
                if (!counts.isEmpty()) {
                    days.put(day, StatisticsFields.read(counts));
                    counts.forEach((field, value) -> sums.merge(field, value, RedisFleetStatistics::sum));
                }
                day = day.minusDays(1);
            } while (!day.isBefore(from) && System.nanoTime() - began < atMost.toNanos());
        } catch (RuntimeException ex) {
            throw RedisFailures.translate(ex);
        }
        return new DailyStatistics(day.plusDays(1), to, day.isBefore(from), days, StatisticsFields.read(sums));
    }

    private static long sum(long one, long other) {
        return Math.min(MOST, one + other);
    }

    private static Map<String, Long> read(RedisConnection redis, String key) {
        Map<String, Long> counts = new HashMap<>();
        Map<byte[], byte[]> fields = fields(redis, key);
        if (fields != null) {
            fields.forEach((field, value) -> {
                try {
                    long count = Long.parseLong(text(value));
                    if (count >= 0 && count <= MOST) {
                        counts.put(text(field), count);
                    }
                } catch (NumberFormatException ex) {
                    // Somebody else wrote it, or a newer release.
                }
            });
        }
        return counts;
    }

    /** Null where the key is no hash: that says nothing of the other days. */
    private static @Nullable Map<byte[], byte[]> fields(RedisConnection redis, String key) {
        try {
            return redis.hashCommands().hGetAll(RedisKeys.bytes(key));
        } catch (RuntimeException ex) {
            if (RedisFailures.kindOf(ex) == FailureKind.WRONG_TYPE) {
                return null;
            }
            throw ex;
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
