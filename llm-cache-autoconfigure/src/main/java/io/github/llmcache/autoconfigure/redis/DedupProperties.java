package io.github.llmcache.autoconfigure.redis;

import io.github.llmcache.autoconfigure.InvalidLlmCachePropertyException;
import io.github.llmcache.autoconfigure.LlmCacheProperties.Dedup;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;

/** Reads how long prompts are taken as seen, and refuses values that can't work. */
final class DedupProperties {

    private static final Duration LONGEST = Duration.ofDays(3650);

    private DedupProperties() {}

    static Function<String, Duration> ttls(Dedup dedup) {
        Duration all = checked("llm-cache.dedup.ttl", dedup.ttl());
        Map<String, Duration> byName = Map.copyOf(dedup.ttls());
        byName.forEach((name, ttl) -> checked("llm-cache.dedup.ttls." + name, ttl));
        return name -> byName.getOrDefault(name, all);
    }

    private static Duration checked(String property, Duration ttl) {
        if (ttl.toMillis() <= 0 || ttl.compareTo(LONGEST) > 0) {
            throw new InvalidLlmCachePropertyException(
                    property, ttl, "is no time above zero and up to 3650d", "Write a time such as 24h.");
        }
        return ttl;
    }
}
