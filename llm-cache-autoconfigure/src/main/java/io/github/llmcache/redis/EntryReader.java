package io.github.llmcache.redis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.cache.RedisCacheWriter;

/**
 * Reads entries where they live: strings through the writer of their cache, which may be the application's own, fields of
 * hashes past it, because writers know strings only. Thread-safe.
 */
final class EntryReader {

    private final CacheConnection connection;
    private final Predicate<String> keptNearer;

    /**
     * Creates the reader.
     *
     * @param connection the cache's connection
     * @param keptNearer tells of which caches a nearer tier keeps what is read, so that it is asked how long it lives
     */
    EntryReader(CacheConnection connection, Predicate<String> keptNearer) {
        this.connection = connection;
        this.keptNearer = keptNearer;
    }

    /** Reads an entry; blocks no longer than the timeout. */
    @Nullable
    TimedValue read(RedisCacheWriter writer, String cache, EntryPlace place) {
        if (place instanceof KeyPlace string) {
            return writer instanceof EntryCacheWriter own && keptNearer.test(cache)
                    ? own.getTimed(cache, string.key())
                    : TimedValue.of(writer.get(cache, string.key()), null);
        }
        byte[] value = place.get(connection.commands());
        looked(writer, cache, value);
        return TimedValue.of(value, null);
    }

    /** Whether {@link #readLater} can do without a thread. */
    static boolean readsLater(RedisCacheWriter writer, EntryPlace place) {
        return writer.supportsAsyncRetrieve() || !(place instanceof KeyPlace);
    }

    /** As {@link #read}, without blocking. */
    CompletableFuture<@Nullable TimedValue> readLater(RedisCacheWriter writer, String cache, EntryPlace place) {
        if (place instanceof KeyPlace string) {
            return writer instanceof EntryCacheWriter own && keptNearer.test(cache)
                    ? own.getTimedLater(cache, string.key())
                    : writer.retrieve(cache, string.key()).thenApply(value -> TimedValue.of(value, null));
        }
        return place.getLater(connection.commands()).thenApply(value -> {
            looked(writer, cache, value);
            return TimedValue.of(value, null);
        });
    }

    private static void looked(RedisCacheWriter writer, String cache, byte @Nullable [] value) {
        if (writer instanceof EntryCacheWriter own) {
            own.looked(cache, value != null);
        }
    }

    /**
     * Reads many entries, all strings with one command and the fields of each hash with one, all sent at once; past the
     * writers, and without counting.
     */
    CompletableFuture<List<byte @Nullable []>> readAll(List<EntryPlace> places) {
        EntryCommands commands = connection.commands();
        List<Integer> strings = new ArrayList<>();
        Map<String, List<Integer>> hashes = new LinkedHashMap<>();
        for (int i = 0; i < places.size(); i++) {
            if (places.get(i) instanceof FieldPlace field) {
                hashes.computeIfAbsent(field.hashKey(), key -> new ArrayList<>())
                        .add(i);
            } else {
                strings.add(i);
            }
        }
        byte[] @Nullable [] found = new byte[places.size()][];
        List<CompletableFuture<?>> replies = new ArrayList<>();
        if (!strings.isEmpty()) {
            List<byte[]> names =
                    strings.stream().map(i -> ((KeyPlace) places.get(i)).key()).toList();
            replies.add(commands.getAll(names).thenAccept(values -> put(found, strings, values)));
        }
        hashes.values().forEach(fields -> {
            List<byte[]> names = fields.stream()
                    .map(i -> ((FieldPlace) places.get(i)).field())
                    .toList();
            byte[] hash = ((FieldPlace) places.get(fields.get(0))).hash();
            replies.add(commands.getFields(hash, names).thenAccept(values -> put(found, fields, values)));
        });
        return CompletableFuture.allOf(replies.toArray(CompletableFuture[]::new))
                .thenApply(done -> Arrays.asList(found));
    }

    private static void put(byte[] @Nullable [] found, List<Integer> where, List<byte @Nullable []> values) {
        for (int i = 0; i < values.size(); i++) {
            found[where.get(i)] = values.get(i);
        }
    }
}
