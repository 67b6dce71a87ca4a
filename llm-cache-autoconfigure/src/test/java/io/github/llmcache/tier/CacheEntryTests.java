package io.github.llmcache.tier;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llmcache.payload.Payload;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CacheEntryTests {

    private final CacheEntry entry = new CacheEntry(
            "digest",
            Payload.of("\"canary\"".getBytes(StandardCharsets.UTF_8)),
            Instant.EPOCH,
            Instant.EPOCH.plusSeconds(1),
            "gpt",
            "canary",
            null);

    @Test
    void an_entry_never_shows_its_prompt_or_its_answer() {
        StoredEntry stored = new StoredEntry("prompt:canary~digest", entry, Duration.ofSeconds(1), 10);

        assertThat(entry.toString()).contains("digest").doesNotContain("canary");
        assertThat(stored.toString()).contains("digest").doesNotContain("canary");
        assertThat(new TierLookup.Hit(entry).toString()).doesNotContain("canary");
        assertThat(new EntryPage(List.of(stored), 0, null).toString()).doesNotContain("canary");
    }

    @Test
    void a_page_does_not_change_with_the_list_it_was_made_of() {
        List<StoredEntry> entries = new ArrayList<>();
        EntryPage page = new EntryPage(entries, 0, "next");
        entries.add(new StoredEntry("prompt:digest", entry, null, 10));

        assertThat(page.entries()).isEmpty();
    }
}
