package io.github.llmcache.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llmcache.model.ModelConfig;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class CacheCatalogTests {

    @Test
    void answers_are_kept_at_most_as_long_as_cache_and_model_say_together() {
        assertThat(longestKept(() -> Duration.ZERO)).isEqualTo(Duration.ofHours(1));
        assertThat(longestKept(() -> Duration.ofDays(2)))
                .isEqualTo(Duration.ofDays(2).plusHours(1));
    }

    @Test
    @SuppressWarnings("NullAway") // as a registry that nobody checks may answer
    void a_registry_that_answers_nonsense_or_fails_changes_nothing() {
        assertThat(longestKept(() -> null)).isEqualTo(Duration.ofHours(1));
        assertThat(longestKept(() -> Duration.ofDays(-1))).isEqualTo(Duration.ofHours(1));
        assertThat(longestKept(() -> {
                    throw new IllegalStateException("as the test says");
                }))
                .isEqualTo(Duration.ofHours(1));
        assertThat(longestKept(() -> ChronoUnit.FOREVER.getDuration())).isEqualTo(ModelConfig.LONGEST_TTL.plusHours(1));
    }

    private static Duration longestKept(Supplier<Duration> longestOfModels) {
        return new CacheCatalog(CacheSettings.DEFAULTS, Map.of(), longestOfModels).longestKept("prompt");
    }
}
