package io.github.llmcache.explain;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llmcache.payload.Payload;
import io.github.llmcache.testing.InMemoryCacheBrowser;
import io.github.llmcache.tier.CacheEntry;
import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.StoredEntry;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Which entries are the nearest, and when the search for them ends. */
class NearestSearchTests {

    private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");

    private final InMemoryCacheBrowser browser = new InMemoryCacheBrowser();
    private final AtomicLong nanos = new AtomicLong();
    private final NearestSearch search = new NearestSearch(browser, nanos::get);

    @Test
    void equal_components_count_before_words_and_words_before_age() {
        put("a-few-equal", NOW);
        put("b-unlike", NOW);
        put("c-old", NOW.minusSeconds(60));
        put("d-young", NOW);

        NearestEntries found =
                search.in("prompt", stored -> switch (stored.entry().digest()) {
                    case "a-few-equal" -> near(stored, 7, 1);
                    case "b-unlike" -> near(stored, 8, 0.1);
                    default -> near(stored, 8, 0.9);
                });

        assertThat(found.entries())
                .extracting(near -> near.stored().entry().digest())
                .containsExactly("d-young", "c-old", "b-unlike", "a-few-equal");
        assertThat(found.compared()).isEqualTo(4);
        assertThat(found.complete()).isTrue();
    }

    @Test
    void a_search_that_takes_too_long_ends_after_the_page_and_says_so() {
        for (int i = 0; i < 100; i++) {
            put("entry-" + i, NOW);
        }

        NearestEntries found = search.in("prompt", stored -> {
            nanos.addAndGet(NearestSearch.LONGEST.toNanos() / 30);
            return near(stored, 5, 0);
        });

        assertThat(found.compared()).isEqualTo(40);
        assertThat(found.complete()).isFalse();
        assertThat(found.problem()).isNull();
    }

    @Test
    void a_search_that_fails_tells_what_it_found_before() {
        for (int i = 0; i < 100; i++) {
            put("entry-" + i, NOW);
        }

        NearestEntries found = search.in("prompt", stored -> {
            browser.failWith(FailureKind.TIMEOUT);
            return near(stored, 5, 0);
        });

        assertThat(found.compared()).isEqualTo(20);
        assertThat(found.entries()).hasSize(5);
        assertThat(found.problem()).isEqualTo(FailureKind.TIMEOUT);
        assertThat(found.complete()).isFalse();
    }

    @Test
    void prompts_are_alike_by_the_words_that_they_share() {
        PromptWords words = PromptWords.of("what is a transformer?");
        assertThat(words.shared(PromptWords.of("What is a TRANSFORMER"))).isEqualTo(1);
        assertThat(words.shared(PromptWords.of("what is a model"))).isEqualTo(3.0 / 5);
        assertThat(words.shared(PromptWords.of("who wrote faust"))).isZero();
        assertThat(words.shared(PromptWords.of(null))).isZero();
        assertThat(PromptWords.of("?!").shared(PromptWords.of(""))).isZero();
        assertThat(PromptWords.of("x ".repeat(100_000)).shared(PromptWords.of("x")))
                .isEqualTo(1);
    }

    private static NearEntry near(StoredEntry stored, int equal, double similarity) {
        return new NearEntry(stored, List.of(), List.of(), equal, similarity);
    }

    private void put(String digest, Instant created) {
        CacheEntry entry = new CacheEntry(
                digest,
                Payload.of("\"text\"".getBytes(StandardCharsets.UTF_8)),
                created,
                created.plusSeconds(60),
                null,
                null,
                null);
        browser.put("prompt", new StoredEntry("prompt:" + digest, entry, null, 64));
    }
}
