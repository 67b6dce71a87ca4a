package io.github.llmcache.langchain4j.memory;

import io.github.llmcache.redis.RedisKeys;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.ReturnType;
import org.springframework.data.redis.core.script.RedisScript;

/**
 * The list of a user's conversations, sorted by when they have surely expired.
 *
 * <p>Each use takes a few of the expired ones out, so that a user who begins many is not a list that only grows. It is in another slot of a cluster than they are, so nothing changes both at once. A session is added before its
 * conversation is written, and once more after one is begun, since a deletion may have come between. Whoever takes a
 * session out looks afterwards whether its conversation is there after all.
 */
final class SessionList {

    /** How much longer a session is listed than its conversation lives, which is renewed after it. */
    private static final Duration MARGIN = Duration.ofHours(1);

    private static final String NOW = """
            local time = redis.call('TIME')
            local now = time[1] * 1000 + math.floor(time[2] / 1000)
            """;

    /** A session is never listed for less time than before: another instance may let conversations live longer. */
    private static final String KEEP = NOW + """
            redis.call('ZADD', KEYS[1], 'GT', string.format('%.0f', now + ARGV[2]), ARGV[1])
            local dead = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', string.format('(%.0f', now), 'LIMIT', 0, 20)
            if #dead > 0 then redis.call('ZREM', KEYS[1], unpack(dead)) end
            local last = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')
            redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', last[2]))
            return 1
            """;

    private static final RedisScript<Long> ADD = RedisScript.of(KEEP, Long.class);

    private static final RedisScript<Long> RENEW =
            RedisScript.of("if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then return 0 end\n" + KEEP, Long.class);

    // A script is never sent to a replica, which might not know of the latest.
    private static final byte[] ALL =
            bytes(NOW + "return redis.call('ZRANGEBYSCORE', KEYS[1], string.format('%.0f', now), '+inf')");

    private final RedisCommands redis;
    private final RedisKeys keys;
    private final byte[] life;

    SessionList(RedisCommands redis, RedisKeys keys, Duration ttl) {
        this.redis = redis;
        this.keys = keys;
        this.life = bytes(Long.toString(ttl.plus(MARGIN).toMillis()));
    }

    void add(ChatSession session) {
        redis.run(ADD, keys.chats(session.user()), bytes(session.session()), life);
    }

    /** Lets a session be listed for longer if it is in the list, and tells whether it is. */
    boolean renew(ChatSession session) {
        return redis.run(RENEW, keys.chats(session.user()), bytes(session.session()), life);
    }

    void remove(ChatSession session) {
        redis.ask(commands ->
                commands.opsForZSet().remove(keys.chats(session.user()), (Object) bytes(session.session())));
    }

    /** The sessions in the list that have not surely expired, in the order of their names. */
    List<ChatSession> all(String user) {
        List<byte[]> names = redis.run(commands -> commands.execute((RedisConnection connection) ->
                connection.scriptingCommands().eval(ALL, ReturnType.MULTI, 1, bytes(keys.chats(user)))));
        return names.stream()
                .map(name -> new ChatSession(user, new String(name, StandardCharsets.UTF_8)))
                .sorted(Comparator.comparing(ChatSession::session))
                .toList();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
