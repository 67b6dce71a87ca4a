package io.github.llmcache.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CachePolicyTests {

    @Test
    void jitter_only_ever_shortens_and_never_to_nothing() {
        Random random = new Random(7);
        for (int i = 0; i < 10_000; i++) {
            Duration ttl = Duration.ofMillis(1 + random.nextInt(1_000_000));
            double jitter = random.nextDouble();

            Duration drawn = CachePolicy.jittered(ttl, jitter, random.nextDouble());

            assertThat(drawn)
                    .isLessThanOrEqualTo(ttl)
                    .isPositive()
                    .isGreaterThanOrEqualTo(Duration.ofMillis((long) (ttl.toMillis() * (1 - jitter)) - 1));
        }
        assertThat(CachePolicy.jittered(Duration.ofHours(1), 1, 1)).isEqualTo(Duration.ofMillis(1));
        assertThat(CachePolicy.jittered(Duration.ofHours(1), 0, 1)).isEqualTo(Duration.ofHours(1));
        assertThat(CachePolicy.jittered(Duration.ofHours(1), 0.5, 1)).isEqualTo(Duration.ofMinutes(30));
    }

    @Test
    void a_ttl_or_jitter_that_means_nothing_is_refused() {
        for (Duration ttl : List.of(Duration.ZERO, Duration.ofNanos(1), Duration.ofHours(-1))) {
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> new CachePolicy("faq", ttl, 0, 1, true, null));
        }
        for (double jitter : new double[] {-0.1, 1.1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> new CachePolicy("faq", Duration.ofHours(1), jitter, 1, true, null));
        }
    }

    @Test
    void a_catalog_knows_settings_by_name_and_refuses_names_that_keys_of_other_things_begin_with() {
        CacheSettings own = new CacheSettings(
                Duration.ofDays(1),
                0,
                CacheSettings.DEFAULTS.keyStyle(),
                true,
                1,
                false,
                null,
                CacheSettings.DEFAULTS.normalization(),
                null,
                null);
        CacheCatalog catalog = new CacheCatalog(CacheSettings.DEFAULTS, Map.of("faq", own));
        catalog.add("prompt");

        assertThat(catalog.names()).containsExactly("faq", "prompt");
        assertThat(catalog.settingsOf("faq")).isSameAs(own);
        assertThat(catalog.settingsOf("prompt")).isSameAs(CacheSettings.DEFAULTS);
        for (String name : List.of("", " ", "chat", "usage", "model", "dedup", "cache", "llm-cache")) {
            assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> catalog.add(name));
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> new CacheCatalog(CacheSettings.DEFAULTS, Map.of(name, own)));
        }
    }
}
