package io.github.llmcache.autoconfigure.redis;

import io.github.llmcache.autoconfigure.InvalidLlmCachePropertyException;
import io.github.llmcache.autoconfigure.LlmCacheProperties;
import io.github.llmcache.redis.RedisKeys;
import org.springframework.core.env.Environment;

/** Tells what stands before every key: what is set, or else the application's name. */
public final class KeyPrefix {

    private KeyPrefix() {}

    /**
     * Tells the prefix.
     *
     * @param properties the settings
     * @param environment tells the application's name
     * @return the prefix, empty where nothing is set and the application has no name
     * @throws InvalidLlmCachePropertyException if it can't stand before keys
     */
    public static String of(LlmCacheProperties properties, Environment environment) {
        String prefix = properties.keyPrefix();
        if (prefix == null) {
            String application = environment.getProperty("spring.application.name", "");
            prefix = application.isBlank() ? "" : application + ":";
        }
        if (!RedisKeys.isUsable(prefix)) {
            throw new InvalidLlmCachePropertyException(
                    "llm-cache.key-prefix",
                    prefix,
                    "has braces that are no hash tag of a Redis Cluster",
                    "Leave the braces out, or put them around a part of it, such as {shop}:. If the property is not set,"
                            + " the value is spring.application.name: set the property then.");
        }
        return prefix;
    }
}
