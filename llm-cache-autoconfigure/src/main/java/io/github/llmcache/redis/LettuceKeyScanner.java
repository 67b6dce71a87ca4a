package io.github.llmcache.redis;

import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.LettuceFutures;
import io.lettuce.core.MapScanCursor;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.cluster.api.async.RedisAdvancedClusterAsyncCommands;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.RedisConnection;

/** Scans over Lettuce's shared connection, which resumes at a cursor; in a cluster one master after another. */
final class LettuceKeyScanner implements KeyScanner {

    private final Supplier<RedisClusterAsyncCommands<byte[], byte[]>> connection;
    private final long timeoutNanos;

    LettuceKeyScanner(Supplier<RedisClusterAsyncCommands<byte[], byte[]>> connection, Duration timeout) {
        this.connection = connection;
        this.timeoutNanos = timeout.toNanos();
    }

    @Override
    public Batch scan(RedisConnection redis, @Nullable String cursor, String pattern, int count) {
        RedisClusterAsyncCommands<byte[], byte[]> commands = connection.get();
        ScanArgs args = ScanArgs.Builder.matches(RedisKeys.bytes(pattern)).limit(count);
        if (commands instanceof RedisAdvancedClusterAsyncCommands<byte[], byte[]> cluster) {
            return scanCluster(cluster, cursor, args);
        }
        KeyScanCursor<byte[]> batch = await(commands.scan(position(cursor), args));
        return new Batch(batch.getKeys(), batch.isFinished() ? null : batch.getCursor());
    }

    @Override
    public Fields scanFields(RedisConnection redis, byte[] hash, @Nullable String cursor, int count) {
        MapScanCursor<byte[], byte[]> batch =
                await(connection.get().hscan(hash, position(cursor), ScanArgs.Builder.limit(count)));
        return new Fields(List.copyOf(batch.getMap().entrySet()), batch.isFinished() ? null : batch.getCursor());
    }

    private Batch scanCluster(
            RedisAdvancedClusterAsyncCommands<byte[], byte[]> cluster, @Nullable String cursor, ScanArgs args) {
        List<String> masters = cluster.getStatefulConnection().getPartitions().stream()
                .filter(node -> node.is(RedisClusterNode.NodeFlag.UPSTREAM))
                .map(RedisClusterNode::getNodeId)
                .sorted()
                .toList();
        int colon = cursor == null ? -1 : cursor.indexOf('.');
        String node = colon < 0 ? masters.get(0) : String.valueOf(cursor).substring(0, colon);
        int index = masters.indexOf(node);
        if (index < 0 || cursor != null && colon < 0) {
            throw new IllegalArgumentException("No page begins at this cursor");
        }
        String position = cursor == null ? null : cursor.substring(colon + 1);
        KeyScanCursor<byte[]> batch = await(cluster.getConnection(node).scan(position(position), args));
        if (!batch.isFinished()) {
            return new Batch(batch.getKeys(), node + "." + batch.getCursor());
        }
        return new Batch(batch.getKeys(), index + 1 < masters.size() ? masters.get(index + 1) + ".0" : null);
    }

    private static ScanCursor position(@Nullable String cursor) {
        if (cursor == null) {
            return ScanCursor.INITIAL;
        }
        try {
            return ScanCursor.of(Long.toUnsignedString(Long.parseUnsignedLong(cursor)));
        } catch (NumberFormatException ex) {
            throw new IllegalArgumentException("No page begins at this cursor", ex);
        }
    }

    private <T> T await(RedisFuture<T> reply) {
        return LettuceFutures.awaitOrCancel(reply, timeoutNanos, TimeUnit.NANOSECONDS);
    }
}
