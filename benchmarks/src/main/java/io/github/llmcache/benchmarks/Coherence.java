package io.github.llmcache.benchmarks;

import io.lettuce.core.RedisClient;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** How long the memory of any JVM shows an answer that was changed by another JVM, or by a command as of redis-cli. */
final class Coherence implements Measurement {

    private static final double GOAL_MILLIS = 50;
    private static final int WARM_UPS = 20;

    @Override
    public List<Figure> measure(Effort effort) throws Exception {
        Map<String, List<Long>> times = new LinkedHashMap<>();
        try (Fleet fleet = Fleet.start(effort.members(), "llm-cache.redis.timeout=5s")) {
            RedisClient client = fleet.redis().client();
            try (StatefulRedisConnection<String, String> connection = client.connect()) {
                ChildJvm writer = fleet.members().get(0);
                List<ChildJvm> watchers = fleet.members().subList(1, effort.members());
                Map<String, Change> changes = new LinkedHashMap<>();
                changes.put("evicted by another JVM", (number, key) -> byJvm(writer, "evict " + number));
                changes.put("stored by another JVM", (number, key) -> byJvm(writer, "put " + number));
                changes.put("DEL", (number, key) -> delete(connection.sync(), key));
                changes.put("SET", (number, key) -> set(connection.sync(), key));
                int number = 0;
                int warmUps = Math.min(WARM_UPS, effort.changes());
                for (int i = 0; i < warmUps + effort.changes(); i++) {
                    for (Map.Entry<String, Change> change : changes.entrySet()) {
                        long nanos = visible(watchers, change.getValue(), number++);
                        if (i >= warmUps) {
                            times.computeIfAbsent(change.getKey(), way -> new ArrayList<>())
                                    .add(nanos);
                        }
                    }
                }
            } finally {
                client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
            }
        }
        List<Long> all = times.values().stream().flatMap(List::stream).toList();
        List<Figure> figures = new ArrayList<>();
        figures.add(Figure.of(
                "from a change until the memory of none of " + (effort.members() - 1) + " JVMs shows the old answer",
                "99 % under 50 ms",
                Times.of(all).toString(),
                Times.of(all).millis(0.99) < GOAL_MILLIS));
        times.forEach((way, some) ->
                figures.add(Figure.beside("the same, " + way, Times.of(some).toString())));
        return figures;
    }

    /** Nanoseconds from just before the change until the last JVM does not show the old answer. */
    private static long visible(List<ChildJvm> watchers, Change change, int number) throws InterruptedException {
        watchers.forEach(watcher -> watcher.tell("watch " + number));
        String digest = "";
        for (ChildJvm watcher : watchers) {
            digest = watcher.await("WATCHING");
        }
        long changed = change.make(number, "fast:" + digest);
        long last = Long.MIN_VALUE;
        for (ChildJvm watcher : watchers) {
            last = Math.max(last, Long.parseLong(watcher.await("SAW")) - changed);
        }
        return last;
    }

    private static long byJvm(ChildJvm writer, String command) throws InterruptedException {
        writer.tell(command);
        return Long.parseLong(writer.await("CHANGED"));
    }

    private static long delete(RedisCommands<String, String> redis, String key) {
        long began = System.nanoTime();
        if (redis.del(key) != 1) {
            throw new IllegalStateException("There is no " + key);
        }
        return began;
    }

    private static long set(RedisCommands<String, String> redis, String key) {
        String entry = Objects.requireNonNull(redis.get(key), "no entry");
        String other = entry.replace(MeasuredApplication.ANSWER, "Changed. " + MeasuredApplication.ANSWER);
        if (other.equals(entry)) {
            throw new IllegalStateException("The entry does not hold the answer");
        }
        long began = System.nanoTime();
        redis.set(key, other, SetArgs.Builder.keepttl());
        return began;
    }

    /** Changes an answer, and tells when that began. */
    @FunctionalInterface
    private interface Change {

        long make(int number, String key) throws InterruptedException;
    }
}
