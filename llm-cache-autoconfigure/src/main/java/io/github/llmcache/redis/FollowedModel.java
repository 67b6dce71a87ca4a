package io.github.llmcache.redis;

import io.github.llmcache.model.ModelConfig;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A model that is read again and again: written by one thread, read by all. */
final class FollowedModel {

    private final String name;
    private final byte[] key;
    private final @Nullable ModelConfig settings;
    private volatile Optional<ModelConfig> current;
    private volatile Duration longestTtl;
    private volatile boolean known;
    private @Nullable String unreadable;

    FollowedModel(String name, byte[] key, @Nullable ModelConfig settings) {
        this.name = name;
        this.key = key;
        this.settings = settings;
        this.current = Optional.ofNullable(settings);
        this.longestTtl = longest(Duration.ZERO, settings);
    }

    String name() {
        return name;
    }

    byte[] key() {
        return key;
    }

    /** What is registered, as far as is known. */
    Optional<ModelConfig> current() {
        return current;
    }

    boolean isKnown() {
        return known;
    }

    /** The longest TTL that it has had: answers that were stored by it may still be there. */
    Duration longestTtl() {
        return longestTtl;
    }

    /** Takes what was read, null where there is nothing; tells whether it has changed since it was read before. */
    boolean take(@Nullable ModelConfig kept) {
        Optional<ModelConfig> read = Optional.ofNullable(over(kept));
        unreadable = null;
        boolean changed = known && !read.equals(current);
        if (!read.equals(current)) {
            longestTtl = longest(longestTtl, read.orElse(null));
            current = read;
        }
        known = true;
        return changed;
    }

    /** Takes down that what is there can't be read; tells whether that is new. */
    boolean isUnreadable(String revision) {
        boolean isNew = !revision.equals(unreadable);
        unreadable = revision;
        return isNew;
    }

    private @Nullable ModelConfig over(@Nullable ModelConfig kept) {
        if (kept == null || settings == null) {
            return kept == null ? settings : kept;
        }
        Map<String, String> parameters = new HashMap<>(settings.parameters());
        parameters.putAll(kept.parameters());
        return new ModelConfig(
                name,
                kept.version() == null ? settings.version() : kept.version(),
                kept.prices() == null ? settings.prices() : kept.prices(),
                parameters,
                kept.ttl() == null ? settings.ttl() : kept.ttl());
    }

    private static Duration longest(Duration longest, @Nullable ModelConfig config) {
        Duration ttl = config == null ? null : config.ttl();
        return ttl == null || ttl.compareTo(longest) <= 0 ? longest : ttl;
    }
}
