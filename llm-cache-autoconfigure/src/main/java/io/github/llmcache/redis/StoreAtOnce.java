package io.github.llmcache.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What {@link Script#STORE_AT_ONCE} is given.
 *
 * @param lease the key of the lease
 * @param token what stands in the lease, or nothing where none is held
 * @param channel where the end of the lease is told
 * @param value the entry's value
 * @param ttl how long it lives
 * @param generation the number of the last eviction when the lease was given
 * @param marks the keys of the marks that are read
 * @param indexes the keys of the indexes that are written
 */
record StoreAtOnce(
        byte[] lease,
        byte[] token,
        byte[] channel,
        byte[] value,
        Duration ttl,
        long generation,
        List<byte[]> marks,
        List<byte[]> indexes) {

    /** The script's keys, of which the entry's is the first. */
    List<byte[]> keys(byte[] entry) {
        List<byte[]> keys = new ArrayList<>(2 + marks.size() + indexes.size());
        keys.add(entry);
        keys.add(lease);
        keys.addAll(marks);
        keys.addAll(indexes);
        return keys;
    }

    /** The script's arguments, and after them some of the place's own. */
    byte[][] arguments(byte[]... more) {
        List<byte[]> arguments = new ArrayList<>(List.of(
                token,
                channel,
                value,
                Replies.millis(ttl),
                RedisKeys.bytes(Long.toString(generation)),
                RedisKeys.bytes(Integer.toString(marks.size())),
                Replies.millis(EntryIndexes.lives(ttl))));
        arguments.addAll(Arrays.asList(more));
        return arguments.toArray(byte[][]::new);
    }
}
