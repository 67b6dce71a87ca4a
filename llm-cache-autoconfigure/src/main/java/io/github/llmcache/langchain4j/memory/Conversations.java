package io.github.llmcache.langchain4j.memory;

import io.github.llmcache.langchain4j.memory.ChatMemoryException.Reason;
import io.github.llmcache.redis.RedisKeys;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.core.script.RedisScript;

/** Conversations as they are in Redis. A change is made only to what it was made from, and is made anew otherwise. */
final class Conversations {

    /** One of those who try at a time always succeeds. */
    private static final int ATTEMPTS = 100;

    /** Compared as a whole: values that are no texts are no strings either, and never equal. */
    private static final RedisScript<Long> REPLACE = RedisScript.of("""
            if redis.pcall('GET', KEYS[1]) ~= ARGV[1] then return 0 end
            redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
            return 1
            """, Long.class);

    private final RedisCommands redis;
    private final RedisKeys keys;
    private final SessionList list;
    private final Duration ttl;

    Conversations(RedisCommands redis, RedisKeys keys, Duration ttl) {
        this.redis = redis;
        this.keys = keys;
        this.list = new SessionList(redis, keys, ttl);
        this.ttl = ttl;
    }

    SessionList list() {
        return list;
    }

    /** What the conversation holds, null if there is none. It lives on from now, and is in the list. */
    byte @Nullable [] read(ChatSession session) {
        // The list first: it must never end before what is in it.
        boolean listed = list.renew(session);
        byte[] value = redis.ask(commands -> commands.opsForValue().getAndExpire(key(session), ttl));
        if (value != null && !listed) {
            list.add(session);
        }
        return value;
    }

    void change(ChatSession session, Change change) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            byte[] before = read(session);
            byte[] after = change.from(before);
            if (after == null || write(session, before, after)) {
                return;
            }
            pause(attempt);
        }
        throw new ChatMemoryException(
                Reason.CONTENDED,
                "A conversation was changed by others " + ATTEMPTS
                        + " times while this change was tried, so it was not made."
                        + " Use one session for each conversation.");
    }

    /** Tells whether there was one. */
    boolean delete(ChatSession session) {
        boolean deleted = redis.run(commands -> commands.delete(key(session)));
        forget(session);
        return deleted;
    }

    boolean exists(ChatSession session) {
        return redis.run(commands -> commands.hasKey(key(session)));
    }

    /** Takes a session out of the list, unless its conversation turns out to be there; tells whether it is. */
    boolean forget(ChatSession session) {
        list.remove(session);
        // Not EXISTS, which a replica may answer that does not know of it yet.
        boolean begunMeanwhile = redis.run(commands -> commands.expire(key(session), ttl));
        if (begunMeanwhile) {
            list.add(session);
        }
        return begunMeanwhile;
    }

    private boolean write(ChatSession session, byte @Nullable [] before, byte[] after) {
        if (before != null) {
            return redis.run(REPLACE, key(session), before, after, millis());
        }
        list.add(session);
        boolean written = redis.run(commands -> commands.opsForValue().setIfAbsent(key(session), after, ttl));
        if (written) {
            list.add(session);
        }
        return written;
    }

    private String key(ChatSession session) {
        return keys.chat(session.user(), session.session());
    }

    private byte[] millis() {
        return Long.toString(ttl.toMillis()).getBytes(StandardCharsets.UTF_8);
    }

    /** A while by chance, so that those who try at a time do not meet again. */
    private static void pause(int attempt) {
        long longest = TimeUnit.MILLISECONDS.toNanos(Math.min(attempt + 1, 20));
        LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(longest));
    }

    /** What becomes of a conversation. It may be asked several times. */
    interface Change {
        /** The new value of the old one, which is null where there is none; null to leave it. */
        byte @Nullable [] from(byte @Nullable [] before);
    }
}
