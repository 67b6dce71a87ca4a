package io.github.llmcache.redis;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.zset.Tuple;

/** The entries of one index, while they are taken away. Used by one eviction. */
final class IndexedEntries {

    private static final int BATCH = 500;

    private final CacheConnection connection;
    private final RedisConnection redis;
    private final RedisKeys keys;
    private final byte[] index;

    IndexedEntries(CacheConnection connection, RedisConnection redis, RedisKeys keys, byte[] index) {
        this.connection = connection;
        this.keys = keys;
        this.redis = redis;
        this.index = index;
    }

    /**
     * Takes them away, a batch at a time.
     *
     * <p>An entry may leave the index only when nothing can stand under its key that the index has to know. One that is
     * indexed after the batch was read has another score, and stays in it. One that was indexed before, and is stored
     * only after its key was removed, sees the mark that is made between, and is taken away by who stored it.
     *
     * @param removed takes the entries
     * @param mark marks the eviction anew; null where no mark can be made, so that nothing may leave the index either
     */
    void remove(RemovedEntries removed, @Nullable Runnable mark) {
        if (!connection.scripts().isAllowed()) {
            // Nothing can be taken out of the index, so it is read at once.
            removed.remove(places(redis.zSetCommands().zRangeWithScores(index, 0, -1)));
            return;
        }
        // A store raises the score of an entry that still stands, so there is no score past which nothing is evicted.
        // Scores only rise: what was not seen yet stands at the last score that was, or behind it.
        Set<ByteBuffer> seen = new HashSet<>();
        double from = Double.NEGATIVE_INFINITY;
        while (true) {
            Collection<Tuple> batch =
                    redis.zSetCommands().zRangeByScoreWithScores(index, from, Double.POSITIVE_INFINITY, 0, BATCH);
            if (batch == null || batch.isEmpty()) {
                return;
            }
            List<Tuple> unseen = new ArrayList<>();
            double last = from;
            for (Tuple member : batch) {
                last = Math.max(last, member.getScore());
                if (seen.add(ByteBuffer.wrap(member.getValue()))) {
                    unseen.add(member);
                }
            }
            if (!unseen.isEmpty()) {
                if (mark != null) {
                    mark.run();
                }
                removed.remove(places(unseen));
                if (mark != null) {
                    forget(unseen);
                }
            } else if (batch.size() < BATCH) {
                return;
            } else if (last == from) {
                last = Math.nextUp(last);
            }
            from = last;
        }
    }

    private void forget(Collection<Tuple> batch) {
        List<byte[]> arguments = new ArrayList<>(2 * batch.size());
        for (Tuple member : batch) {
            arguments.add(member.getValue());
            arguments.add(RedisKeys.bytes(Long.toString(member.getScore().longValue())));
        }
        Replies.await(connection.commands().run(Script.UNINDEX, List.of(index), arguments.toArray(byte[][]::new)));
    }

    private List<EntryPlace> places(Collection<Tuple> members) {
        return members.stream()
                .map(member -> keys.hashes().named(new String(member.getValue(), StandardCharsets.UTF_8)))
                .toList();
    }
}
