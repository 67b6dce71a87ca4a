package io.github.llmcache.faults;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the news are, and since when each is said to be evicted by everybody.
 *
 * <p>Thread-safe.
 */
public final class Versions {

    static final List<String> TOPICS = List.of("weather", "sports", "markets", "traffic");

    private final Map<String, Integer> current = new ConcurrentHashMap<>();
    private final Map<String, Map<Integer, Long>> evicted = new ConcurrentHashMap<>();
    private final AtomicLong longestServed = new AtomicLong();

    int of(String topic) {
        return current.getOrDefault(topic, 0);
    }

    void change(String topic) {
        current.merge(topic, 1, Integer::sum);
    }

    /** All versions before the current one were evicted by now. */
    void evicted(String topic) {
        evicted.computeIfAbsent(topic, any -> new ConcurrentHashMap<>()).put(of(topic), System.nanoTime());
    }

    /**
     * Takes an answer down that was asked for at a time.
     *
     * @return for how long its version had been evicted then, in nanoseconds, or a negative number
     */
    long seen(String topic, int version, long began) {
        long since = -1;
        for (Map.Entry<Integer, Long> eviction :
                evicted.getOrDefault(topic, Map.of()).entrySet()) {
            if (eviction.getKey() > version) {
                since = Math.max(since, began - eviction.getValue());
            }
        }
        longestServed.accumulateAndGet(since, Math::max);
        return since;
    }

    /** The oldest version that may still be kept. */
    int oldestKept(String topic) {
        return evicted.getOrDefault(topic, Map.of()).keySet().stream()
                .mapToInt(Integer::intValue)
                .max()
                .orElse(0);
    }

    /** For how long an evicted answer was served at the longest, in milliseconds. */
    long longestServedMillis() {
        return Math.max(0, longestServed.get()) / 1_000_000;
    }

    /** How many evictions were acknowledged. */
    int evictions() {
        return evicted.values().stream().mapToInt(Map::size).sum();
    }
}
