package io.github.llmcache.faults;

import io.github.llmcache.testing.RealRedis;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SetArgs;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Damages answers in Redis, each in one of the ways in which values go bad. */
final class Damage {

    private final RealRedis redis;
    private final Random random = new Random(7);

    Damage(RealRedis redis) {
        this.redis = redis;
    }

    /** Damages one answer that is kept just now, if any is. */
    void one() {
        List<String> keys = redis.answers();
        if (keys.isEmpty()) {
            return;
        }
        String key = keys.get(random.nextInt(keys.size()));
        String other = keys.get(random.nextInt(keys.size()));
        switch (random.nextInt(8)) {
            case 0 -> replace(key, "");
            case 1 -> replace(key, "no JSON at all");
            case 2 -> replace(key, half(value(key)));
            case 3 -> replace(key, "{\"v\":1}");
            // Whole and right, but the answer to something else.
            case 4 -> replace(key, value(other));
            case 5 -> replace(key, String.valueOf(value(key)).replace("\"payload\":\"", "\"payload\":[\""));
            case 6 -> become(key, "redis.call('RPUSH', KEYS[1], 'a', 'list')");
            default -> become(key, "redis.call('HSET', KEYS[1], 'a', 'hash')");
        }
    }

    /** Lets all that the cache keeps beside its answers become lists. */
    void bookkeeping() {
        redis.commands().keys("llm-cache:*").forEach(key -> become(key, "redis.call('RPUSH', KEYS[1], 'a', 'list')"));
    }

    /** Deletes what {@link #bookkeeping} has left. */
    void repairBookkeeping() {
        redis.commands().keys("llm-cache:*").stream()
                .filter(key -> redis.commands().type(key).equals("list"))
                .forEach(key -> redis.commands().del(key));
    }

    /** At once, since the cache overwrites what it finds missing. */
    private void become(String key, String command) {
        redis.commands().eval("redis.call('DEL', KEYS[1]) " + command, ScriptOutputType.STATUS, new String[] {key});
    }

    private @Nullable String value(String key) {
        return redis.commands().type(key).equals("string") ? redis.commands().get(key) : null;
    }

    private void replace(String key, @Nullable String value) {
        if (value != null && redis.commands().type(key).equals("string")) {
            redis.commands().set(key, value, SetArgs.Builder.keepttl());
        }
    }

    private static @Nullable String half(@Nullable String value) {
        return value == null ? null : value.substring(0, value.length() / 2);
    }
}
