package io.github.llmcache.redis;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.zset.Tuple;

/** The entries of one index, while they are taken away. Used by one eviction. */
final class IndexedEntries {

    private static final int BATCH = 500;

    private final CacheConnection connection;
    private final RedisConnection redis;
    private final byte[] index;

    IndexedEntries(CacheConnection connection, RedisConnection redis, byte[] index) {
        this.connection = connection;
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
     * @param mark marks the eviction anew
     */
    void remove(RemovedEntries removed, Runnable mark) {
        Set<Tuple> last = redis.zSetCommands().zRevRangeWithScores(index, 0, 0);
        if (last == null || last.isEmpty()) {
            return;
        }
        if (!connection.scripts().isAllowed()) {
            // Nothing can be taken out of the index, so it is read at once.
            removed.remove(keys(redis.zSetCommands().zRangeWithScores(index, 0, -1)));
            return;
        }
        double end = last.iterator().next().getScore();
        while (true) {
            Collection<Tuple> batch =
                    redis.zSetCommands().zRangeByScoreWithScores(index, Double.NEGATIVE_INFINITY, end, 0, BATCH);
            if (batch == null || batch.isEmpty()) {
                return;
            }
            mark.run();
            removed.remove(keys(batch));
            forget(batch);
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

    private static List<byte[]> keys(Collection<Tuple> members) {
        return members.stream().map(Tuple::getValue).toList();
    }
}
