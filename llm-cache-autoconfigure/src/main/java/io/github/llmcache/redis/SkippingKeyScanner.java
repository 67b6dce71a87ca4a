package io.github.llmcache.redis;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.core.Cursor;
import org.springframework.data.redis.core.ScanOptions;

/**
 * Scans over any connection factory. Spring Data's cursor can't be resumed, so a later batch begins anew and skips what
 * the batches before gave: dearer with each page, for a client that answers people only.
 */
final class SkippingKeyScanner implements KeyScanner {

    private final RedisConnectionFactory factory;

    SkippingKeyScanner(RedisConnectionFactory factory) {
        this.factory = factory;
    }

    @Override
    public Batch scan(@Nullable String cursor, String pattern, int count) {
        long skip = position(cursor);
        List<byte[]> keys = new ArrayList<>();
        ScanOptions options =
                ScanOptions.scanOptions().match(pattern).count(count).build();
        try (RedisConnection connection = factory.getConnection();
                Cursor<byte[]> all = connection.keyCommands().scan(options)) {
            for (long seen = 0; all.hasNext(); seen++) {
                if (keys.size() == count) {
                    return new Batch(keys, Long.toString(skip + count));
                }
                byte[] key = all.next();
                if (seen >= skip) {
                    keys.add(key);
                }
            }
        }
        return new Batch(keys, null);
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
}
