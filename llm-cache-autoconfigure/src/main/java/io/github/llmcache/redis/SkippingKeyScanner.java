package io.github.llmcache.redis;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
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
        Page page = new Page(skip, count);
        return scanKeys(redis, pattern, count, page::add)
                ? new Batch(page.keys, null)
                : new Batch(page.keys, Long.toString(skip + count));
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
            return scanKeys(redis.keyCommands().scan(options), goOn);
        }
        for (RedisClusterNode master : mastersOf(cluster)) {
            if (!scanKeys(cluster.scan(master, options), goOn)) {
                return false;
            }
        }
        return true;
    }

    private static boolean scanKeys(Cursor<byte[]> keys, Predicate<byte[]> goOn) {
        try (keys) {
            while (keys.hasNext()) {
                if (!goOn.test(keys.next())) {
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

    /** The keys of one batch; ends when one more than its size is seen. */
    private static final class Page {

        private final List<byte[]> keys = new ArrayList<>();
        private final int size;
        private long toSkip;

        Page(long toSkip, int size) {
            this.toSkip = toSkip;
            this.size = size;
        }

        boolean add(byte[] key) {
            if (toSkip > 0) {
                toSkip--;
                return true;
            }
            if (keys.size() == size) {
                return false;
            }
            keys.add(key);
            return true;
        }
    }
}
