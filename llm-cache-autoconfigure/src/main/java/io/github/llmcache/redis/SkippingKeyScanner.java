package io.github.llmcache.redis;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.RedisClusterConnection;
import org.springframework.data.redis.connection.RedisClusterNode;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.core.Cursor;
import org.springframework.data.redis.core.ScanOptions;

/**
 * Scans over any connection; in a cluster one master after another. Spring Data's cursor can't be resumed, so a
 * later batch begins anew and skips what the batches before gave: dearer with each page, for a client that answers people
 * only.
 */
final class SkippingKeyScanner implements KeyScanner {

    @Override
    public Batch scan(RedisConnection redis, @Nullable String cursor, String pattern, int count) {
        long skip = position(cursor);
        Page<byte[]> page = new Page<>(skip, count);
        return scanKeys(redis, pattern, count, page::add)
                ? new Batch(page.found, null)
                : new Batch(page.found, Long.toString(skip + count));
    }

    @Override
    public Fields scanFields(RedisConnection redis, byte[] hash, @Nullable String cursor, int count) {
        long skip = position(cursor);
        Page<Map.Entry<byte[], byte[]>> page = new Page<>(skip, count);
        ScanOptions options = ScanOptions.scanOptions().count(count).build();
        return scan(redis.hashCommands().hScan(hash, options), page::add)
                ? new Fields(page.found, null)
                : new Fields(page.found, Long.toString(skip + count));
    }

    /** Goes through the keys once, so keys that are taken away meanwhile let none be skipped. */
    @Override
    public boolean scanAll(RedisConnection redis, String pattern, int count, Predicate<List<byte[]>> goOn) {
        List<byte[]> batch = new ArrayList<>();
        boolean end = scanKeys(redis, pattern, count, key -> {
            batch.add(key);
            if (batch.size() < count) {
                return true;
            }
            boolean on = goOn.test(List.copyOf(batch));
            batch.clear();
            return on;
        });
        if (end && !batch.isEmpty() && !goOn.test(batch)) {
            // Nothing is left that could be ended.
            return true;
        }
        return end;
    }

    private static boolean scanKeys(RedisConnection redis, String pattern, int count, Predicate<byte[]> goOn) {
        ScanOptions options = ScanOptions.scanOptions()
                .match(RedisKeys.bytes(pattern))
                .count(count)
                .build();
        if (!(redis instanceof RedisClusterConnection cluster)) {
            return scan(redis.keyCommands().scan(options), goOn);
        }
        for (RedisClusterNode master : mastersOf(cluster)) {
            if (!scan(cluster.scan(master, options), goOn)) {
                return false;
            }
        }
        return true;
    }

    private static <T> boolean scan(Cursor<T> found, Predicate<T> goOn) {
        try (found) {
            while (found.hasNext()) {
                if (!goOn.test(found.next())) {
                    return false;
                }
            }
            return true;
        }
    }

    private static List<RedisClusterNode> mastersOf(RedisClusterConnection cluster) {
        List<RedisClusterNode> masters = new ArrayList<>();
        for (RedisClusterNode node : cluster.clusterCommands().clusterGetNodes()) {
            if (node.isMaster()) {
                masters.add(node);
            }
        }
        masters.sort(Comparator.comparing(node -> String.valueOf(node.getId())));
        return masters;
    }

    private static long position(@Nullable String cursor) {
        try {
            long position = cursor == null ? 0 : Long.parseLong(cursor);
            if (position >= 0) {
                return position;
            }
        } catch (NumberFormatException ex) {
            // told below
        }
        throw new IllegalArgumentException("No page begins at this cursor");
    }

    /** What one batch has; ends when one more than its size is seen. */
    private static final class Page<T> {

        private final List<T> found = new ArrayList<>();
        private final int size;
        private long toSkip;

        Page(long toSkip, int size) {
            this.toSkip = toSkip;
            this.size = size;
        }

        boolean add(T next) {
            if (toSkip > 0) {
                toSkip--;
                return true;
            }
            if (found.size() == size) {
                return false;
            }
            found.add(next);
            return true;
        }
    }
}
