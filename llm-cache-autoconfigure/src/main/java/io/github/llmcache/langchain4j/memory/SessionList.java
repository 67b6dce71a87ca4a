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
 * The set of a user's conversations.
 *
 * <p>It is in another slot of a cluster than they are, so nothing changes both at once. A session is added before its
 * conversation is written, and once more after one is begun, since a deletion may have come between. Whoever takes a
 * session out looks afterwards whether its conversation is there after all.
 */
final class SessionList {

    /** How much longer the list lives than the conversation that was used last, which is renewed after it. */
    private static final Duration MARGIN = Duration.ofHours(1);

    private static final String LENGTHEN = """
            if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
            return 1
            """;

    private static final RedisScript<Long> ADD =
            RedisScript.of("redis.call('SADD', KEYS[1], ARGV[1])\n" + LENGTHEN, Long.class);

    private static final RedisScript<Long> RENEW = RedisScript.of(
            "if redis.call('SISMEMBER', KEYS[1], ARGV[1]) == 0 then return 0 end\n" + LENGTHEN, Long.class);

    // A script is never sent to a replica, which might not know of the latest.
    private static final byte[] ALL = bytes("return redis.call('SMEMBERS', KEYS[1])");

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

    /** Lets the list live longer if the session is in it, and tells whether it is. */
    boolean renew(ChatSession session) {
        return redis.run(RENEW, keys.chats(session.user()), bytes(session.session()), life);
    }

    void remove(ChatSession session) {
        redis.ask(
                commands -> commands.opsForSet().remove(keys.chats(session.user()), (Object) bytes(session.session())));
    }

    /** The sessions in the list, in the order of their names. */
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
