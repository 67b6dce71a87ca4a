package io.github.llmcache.redis;

import io.github.llmcache.event.AskedPrompts;
import io.github.llmcache.event.CacheStatistics.Snapshot;
import io.github.llmcache.event.DailyStatistics;
import io.github.llmcache.event.FleetStatistics;
import io.github.llmcache.tier.FailureKind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
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

    /** The days over which prompts are told apart as one window: Redis adds up 12 kB for each. */
    private static final int LONGEST_WINDOW = 31;

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
        SortedMap<LocalDate, AskedPrompts> prompts = new TreeMap<>();
        AskedPrompts inAll;
        Map<String, Long> sums = new HashMap<>();
        LocalDate day = to;
        try (RedisConnection redis = connection.factory().getConnection()) {
            do {
                Map<String, Long> counts = read(redis, keys.statistics(cache, day));
                if (!counts.isEmpty()) {
                    days.put(day, StatisticsFields.read(counts));
                    counts.forEach((field, value) -> sums.merge(field, value, RedisFleetStatistics::sum));
                    AskedPrompts asked =
                            asked(redis, StatisticsFields.prompts(counts), List.of(keys.prompts(cache, day)));
                    if (asked != null) {
                        prompts.put(day, asked);
                    }
                }
                day = day.minusDays(1);
            } while (!day.isBefore(from) && System.nanoTime() - began < atMost.toNanos());
            inAll = inAll(redis, cache, prompts);
        } catch (RuntimeException ex) {
            throw RedisFailures.translate(ex);
        }
        return new DailyStatistics(
                day.plusDays(1), to, day.isBefore(from), days, StatisticsFields.read(sums), prompts, inAll);
    }

    /** What was asked on all of the days, as if they were one. */
    private @Nullable AskedPrompts inAll(
            RedisConnection redis, String cache, SortedMap<LocalDate, AskedPrompts> prompts) {
        if (prompts.size() == 1) {
            return prompts.get(prompts.firstKey());
        }
        if (prompts.isEmpty() || prompts.size() > LONGEST_WINDOW) {
            return null;
        }
        long calls = prompts.values().stream().mapToLong(AskedPrompts::asked).reduce(0, RedisFleetStatistics::sum);
        return asked(
                redis,
                calls,
                prompts.keySet().stream().map(of -> keys.prompts(cache, of)).toList());
    }

    /** Null where nothing was counted, or Redis does not know any more what was asked. */
    private static @Nullable AskedPrompts asked(RedisConnection redis, long calls, List<String> keys) {
        if (calls == 0) {
            return null;
        }
        try {
            Long distinct = redis.hyperLogLogCommands()
                    .pfCount(keys.stream().map(RedisKeys::bytes).toArray(byte[][]::new));
            return distinct == null || distinct == 0 ? null : new AskedPrompts(calls, distinct);
        } catch (RuntimeException ex) {
            // Something else stands there, or the user may not count: the other figures are none the worse for it.
            FailureKind kind = RedisFailures.kindOf(ex);
            if (kind == FailureKind.WRONG_TYPE || kind == FailureKind.DENIED) {
                return null;
            }
            throw ex;
        }
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
