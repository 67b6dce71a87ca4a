package io.github.llmcache.actuate;

import io.github.llmcache.payload.Payload;
import io.github.llmcache.payload.TokenCount;
import io.github.llmcache.tier.CacheEntry;
import io.github.llmcache.tier.StoredEntry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;

/** Entries that tests store. */
final class TestEntries {

    /** Text that is told nowhere but where values are shown. */
    static final String PROMPT = "canary-prompt about transformers";

    /** Text that is told nowhere but where values are shown. */
    static final String ANSWER = "canary-answer";

    static final Instant CREATED = Instant.parse("2026-11-01T12:00:00Z");

    private TestEntries() {}

    static StoredEntry entry(String digest) {
        return entry(digest, PROMPT);
    }

    static StoredEntry entry(String digest, String prompt) {
        CacheEntry entry = new CacheEntry(
                digest,
                json("{\"text\":\"" + ANSWER + "\",\"source\":null,\"pages\":[1,null],\"score\":0.10}"),
                CREATED,
                CREATED.plus(Duration.ofHours(1)),
                "gpt-4o",
                prompt,
                new TokenCount(12, 34));
        return new StoredEntry("prompt:" + prompt + "~" + digest, entry, Duration.ofMinutes(30), 512);
    }

    static StoredEntry bareEntry(String digest) {
        CacheEntry entry = new CacheEntry(digest, json("\"text\""), CREATED, CREATED, null, null, null);
        return new StoredEntry("prompt:" + digest, entry, null, 64);
    }

    static Payload json(String json) {
        return Payload.of(json.getBytes(StandardCharsets.UTF_8));
    }
}
