package io.github.llmcache.operations;

import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.engine.CacheSettings;
import io.github.llmcache.key.KeyStyle;
import io.github.llmcache.key.PromptKey;
import io.github.llmcache.key.RequestParts;
import io.github.llmcache.payload.TokenCount;
import io.github.llmcache.tier.CacheEntry;
import io.github.llmcache.tier.EntryTerms;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Stores entries that were exported.
 *
 * @param writer stores entries
 * @param catalog tells which caches there are
 * @param clock tells what has expired
 */
record ExportedEntries(EntryWriter writer, CacheCatalog catalog, InstantSource clock) implements Warming.LineTarget {

    private static final Pattern DIGEST = Pattern.compile("[A-Za-z0-9_-]{43}");

    @Override
    public boolean store(JsonLine line) {
        if (line.get("v", Integer.class) != EntryLines.VERSION) {
            throw new DamagedLineException("The line is of a format that this release does not know");
        }
        String cache = line.get("cache", String.class);
        if (!catalog.names().contains(cache)) {
            throw new DamagedLineException("The line names a cache that this application does not know");
        }
        CacheEntry entry = entry(line);
        if (entry.prompt() == null && isKeyOfPrompt(catalog.settingsOf(cache))) {
            throw new DamagedLineException("The line has no prompt, which its key in Redis is made of");
        }
        UnfitAnswerException.check(
                entry.payload().length(), catalog.settingsOf(cache).maxEntrySize());
        Duration ttl = ttl(cache, entry.freshUntil(), line.find("ttlLeftMillis", Long.class));
        return !ttl.isNegative()
                && !ttl.isZero()
                && writer.storeUnless(
                        new PromptKey(cache, entry.digest(), entry.prompt(), entry.model()),
                        entry,
                        ttl,
                        there -> !there.createdAt().isBefore(entry.createdAt()));
    }

    private static CacheEntry entry(JsonLine line) {
        String digest = line.get("digest", String.class);
        if (!DIGEST.matcher(digest).matches()) {
            throw new DamagedLineException("The line's 'digest' is none");
        }
        return new CacheEntry(
                digest,
                line.json("payload"),
                instant(line, "createdAt"),
                instant(line, "freshUntil"),
                line.find("model", String.class),
                line.find("prompt", String.class),
                tokens(line),
                terms(line),
                parts(line));
    }

    private static Instant instant(JsonLine line, String name) {
        return Instant.ofEpochMilli(line.get(name, Long.class));
    }

    private static @Nullable TokenCount tokens(JsonLine line) {
        return line.find("tokens", TokenCount.class);
    }

    private static @Nullable RequestParts parts(JsonLine line) {
        try {
            RequestParts parts = line.find("parts", RequestParts.class);
            return parts == null || parts.method() == null || parts.shape() == null ? null : parts;
        } catch (DamagedLineException ex) {
            // They are for people, and no reason to lose an answer.
            return null;
        }
    }

    private static EntryTerms terms(JsonLine line) {
        String[] tags = Objects.requireNonNullElse(line.find("tags", String[].class), new String[0]);
        for (String tag : tags) {
            if (tag == null || tag.isBlank()) {
                throw new DamagedLineException("The line's 'tags' hold a blank one");
            }
        }
        return new EntryTerms(line.find("scope", String.class), line.find("key", String.class), List.of(tags));
    }

    /** What is left of the time that the entry is kept; nothing once it is no longer fresh. */
    private Duration ttl(String cache, Instant freshUntil, @Nullable Long ttlLeftMillis) {
        Instant now = clock.instant();
        if (!freshUntil.isAfter(now)) {
            return Duration.ZERO;
        }
        Duration left = min(Duration.between(now, freshUntil), catalog.longestKept(cache));
        return ttlLeftMillis == null ? left : min(left, Duration.ofMillis(ttlLeftMillis));
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static boolean isKeyOfPrompt(CacheSettings settings) {
        return settings.keyStyle() == KeyStyle.READABLE && !settings.storePrompt();
    }
}
