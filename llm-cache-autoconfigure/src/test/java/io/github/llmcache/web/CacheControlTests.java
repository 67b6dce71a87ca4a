package io.github.llmcache.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llmcache.engine.PromptDirectives;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CacheControlTests {

    @Test
    void each_directive_is_read_by_its_name() {
        assertThat(read("no-cache")).isEqualTo(PromptDirectives.NO_CACHE);
        assertThat(read("no-store")).isEqualTo(PromptDirectives.NO_STORE);
        assertThat(read("only-if-cached")).isEqualTo(PromptDirectives.ONLY_IF_CACHED);
        assertThat(read("max-age=60")).isEqualTo(PromptDirectives.maxAge(Duration.ofMinutes(1)));
    }

    @Test
    void lists_and_several_headers_ask_for_all_that_stands_in_them() {
        assertThat(read("no-cache,no-store")).isEqualTo(PromptDirectives.NO_CACHE.and(PromptDirectives.NO_STORE));
        assertThat(read("no-cache", " max-age=5 ,, only-if-cached"))
                .isEqualTo(new PromptDirectives(true, false, true, Duration.ofSeconds(5)));
    }

    @Test
    void case_does_not_matter() {
        assertThat(read("No-Cache, ONLY-IF-CACHED, Max-Age=7"))
                .isEqualTo(new PromptDirectives(true, false, true, Duration.ofSeconds(7)));
    }

    @Test
    void of_two_ages_the_smaller_one_counts() {
        assertThat(read("max-age=9", "max-age=3")).isEqualTo(PromptDirectives.maxAge(Duration.ofSeconds(3)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "max-age=0 | 0",
                "max-age=\"60\" | 60",
                "max-age = 60 | 60",
                "max-age=2147483648 | 2147483648",
                "max-age=2147483649 | 2147483648",
                "max-age=99999999999999999999999999 | 2147483648"
            })
    void ages_are_seconds_and_bounded(String value, long seconds) {
        assertThat(read(value)).isEqualTo(PromptDirectives.maxAge(Duration.ofSeconds(seconds)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ",",
                "=",
                "max-age",
                "max-age=",
                "max-age=-1",
                "max-age=+1",
                "max-age=1.5",
                "max-age=ten",
                "max-age=\"",
                "max-age=\u0661",
                "max-stale=5",
                "private",
                "no-cache-please",
                "x=\"a, no-store\"",
                "x=\"a\\\", no-store\"",
                "x=\"open, no-store"
            })
    void what_is_no_directive_asks_for_nothing(String value) {
        assertThat(read(value)).isEqualTo(PromptDirectives.NONE);
    }

    @Test
    void what_is_quoted_ends_with_its_quote() {
        assertThat(read("x=\"a, b\", no-store")).isEqualTo(PromptDirectives.NO_STORE);
        assertThat(read("no-cache=\"x-field\"")).isEqualTo(PromptDirectives.NO_CACHE);
    }

    @Test
    void only_what_is_allowed_counts() {
        PromptDirectives asked = read("no-cache, no-store, only-if-cached, max-age=5");

        assertThat(new AllowedDirectives(false, false, false, false).of(asked)).isEqualTo(PromptDirectives.NONE);
        assertThat(new AllowedDirectives(true, false, false, false).of(asked)).isEqualTo(PromptDirectives.NO_CACHE);
        assertThat(new AllowedDirectives(false, true, false, false).of(asked)).isEqualTo(PromptDirectives.NO_STORE);
        assertThat(new AllowedDirectives(false, false, true, false).of(asked))
                .isEqualTo(PromptDirectives.ONLY_IF_CACHED);
        assertThat(new AllowedDirectives(false, false, false, true).of(asked))
                .isEqualTo(PromptDirectives.maxAge(Duration.ofSeconds(5)));
    }

    private static PromptDirectives read(String... values) {
        return CacheControl.read(List.of(values));
    }
}
