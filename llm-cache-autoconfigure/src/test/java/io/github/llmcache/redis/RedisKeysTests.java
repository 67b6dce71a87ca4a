package io.github.llmcache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llmcache.key.KeyStyle;
import io.github.llmcache.key.PromptKey;
import io.github.llmcache.testing.RealRedis;
import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.cluster.SlotHash;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** No two things meet in one key, and a pattern finds the keys of its own cache alone. */
class RedisKeysTests {

    private static final String DIGEST = "gMPU9MhBR42JDP-IUumbEu_EnNsOQyDN1jWLBoLY6-E";
    private static final String OTHER_DIGEST = "gMPU9MhBR42JDP-IUumbEu~other digest, same beginning";

    private static final List<String> HOSTILE = List.of(
            "a", "b", "a:b", "a%3Ab", "a*", "a?", "[ab]", "a[b]", "a\\", "{a}", "*", "**", "?", "^a", "a~b", "a b", "ä",
            "a\nb", "[^x]", "a\\*");

    @Test
    void a_key_is_the_prefix_the_cache_and_the_digest() {
        assertThat(key("", "prompt", null, KeyStyle.DIGEST)).isEqualTo("prompt:" + DIGEST);
        assertThat(key("shop:", "faq", "why?", KeyStyle.DIGEST)).isEqualTo("shop:faq:" + DIGEST);
    }

    @Test
    void a_colon_in_a_cache_name_does_not_make_two_segments() {
        assertThat(key("", "a:b", "c", KeyStyle.READABLE)).isEqualTo("a%3Ab:c~gMPU9MhBR42JDP-IUumbEu");
        assertThat(key("", "a", "b:c", KeyStyle.READABLE)).isEqualTo("a:b%3Ac~gMPU9MhBR42JDP-IUumbEu");
    }

    @Test
    void no_two_caches_and_prompts_share_a_key() {
        Set<String> keys = new HashSet<>();
        for (String cache : HOSTILE) {
            for (String prompt : HOSTILE) {
                keys.add(key("", cache, prompt, KeyStyle.READABLE));
            }
            keys.add(key("", cache, null, KeyStyle.DIGEST));
        }

        // One prompt, that with the line break, is not printable and so has the key of the digest.
        assertThat(keys).hasSize(HOSTILE.size() * HOSTILE.size());
        assertThat(keys)
                .allSatisfy(key ->
                        assertThat(key).doesNotContain("{").doesNotContain("*").doesNotContain("\n"));
    }

    @Test
    void a_readable_key_shows_the_prompt_and_the_beginning_of_the_digest() {
        assertThat(key("", "prompt", "explain transformers", KeyStyle.READABLE))
                .isEqualTo("prompt:explain transformers~gMPU9MhBR42JDP-IUumbEu");
        assertThat(key("", "prompt", "100%~", KeyStyle.READABLE)).isEqualTo("prompt:100%25%7E~gMPU9MhBR42JDP-IUumbEu");
        assertThat(key("", "prompt", "was heißt 変圧器 🤖?", KeyStyle.READABLE))
                .isEqualTo("prompt:was heißt 変圧器 🤖%3F~gMPU9MhBR42JDP-IUumbEu");
    }

    @Test
    void prompts_with_percent_signs_have_keys_of_their_own() {
        assertThat(List.of("a:b", "a%3Ab", "a%253Ab", "a%", "a%25"))
                .extracting(prompt -> key("", "prompt", prompt, KeyStyle.READABLE))
                .doesNotHaveDuplicates();
    }

    @Test
    void a_prompt_that_is_long_empty_missing_or_unprintable_leaves_the_digest_alone() {
        List<@Nullable String> prompts = new ArrayList<>(
                List.of("x".repeat(101), "", "a\0b", "a\nb", "a\u200bb", "a\u2028b", "a\ud83d", "\ue000", "a\u202eb"));
        prompts.add(null);

        assertThat(prompts)
                .extracting(prompt -> key("", "prompt", prompt, KeyStyle.READABLE))
                .containsOnly("prompt:" + DIGEST);
        assertThat(key("", "prompt", "x".repeat(100), KeyStyle.READABLE)).startsWith("prompt:xxx");
    }

    @Test
    void a_digest_of_a_key_generator_of_the_users_own_may_be_short() {
        RedisKeys keys = new RedisKeys("");

        assertThat(keys.key(new PromptKey("prompt", "4711", "why"), KeyStyle.READABLE))
                .isEqualTo("prompt:why~4711");
    }

    @Test
    void a_pattern_finds_the_keys_of_its_own_cache_alone() {
        RealRedis redis = RealRedis.shared();
        List<String> prefixes = List.of("", "shop:", "*:", "[sh]op:", "sh?p:", "s\\hop:", "^:", "{s}:", "s-h]:");
        for (String prefix : prefixes) {
            for (String cache : HOSTILE) {
                redis.commands().set(key(prefix, cache, null, KeyStyle.DIGEST), "");
                redis.commands().set(key(prefix, cache, "why", KeyStyle.READABLE), "");
            }
        }
        assertThat(redis.commands().dbsize()).isEqualTo(2L * prefixes.size() * HOSTILE.size());

        for (String prefix : prefixes) {
            RedisKeys keys = new RedisKeys(prefix);
            for (String cache : HOSTILE) {
                assertThat(scan(redis, keys.pattern(cache)))
                        .as("cache %s under prefix %s", cache, prefix)
                        .containsExactlyInAnyOrder(
                                key(prefix, cache, null, KeyStyle.DIGEST),
                                key(prefix, cache, "why", KeyStyle.READABLE));
                assertThat(scan(redis, keys.readablePattern(cache, DIGEST)))
                        .containsExactly(key(prefix, cache, "why", KeyStyle.READABLE));
            }
        }
    }

    @Test
    void a_pattern_of_a_digest_takes_it_as_it_is() {
        RealRedis redis = RealRedis.shared();
        redis.commands().set(key("", "prompt", "why", KeyStyle.READABLE), "");

        assertThat(scan(redis, new RedisKeys("").readablePattern("prompt", "*")))
                .isEmpty();
        assertThat(scan(redis, new RedisKeys("").readablePattern("prompt", "[a-z]MPU9MhBR42JDP-IUumbEu")))
                .isEmpty();
        assertThat(scan(redis, new RedisKeys("").readablePattern("prompt", OTHER_DIGEST)))
                .hasSize(1);
    }

    private static List<String> scan(RealRedis redis, String pattern) {
        List<String> keys = new ArrayList<>();
        ScanCursor cursor = ScanCursor.INITIAL;
        do {
            KeyScanCursor<String> batch = redis.commands()
                    .scan(cursor, ScanArgs.Builder.matches(pattern).limit(1000));
            keys.addAll(batch.getKeys());
            cursor = batch;
        } while (!cursor.isFinished());
        return keys;
    }

    private static String key(String prefix, String cache, @Nullable String prompt, KeyStyle style) {
        return new RedisKeys(prefix).key(new PromptKey(cache, DIGEST, prompt), style);
    }

    @Test
    void a_lease_lies_in_the_slot_of_its_entry_under_every_prefix_that_is_usable() {
        for (String prefix : List.of("", "shop:", "{shop}:", "a{b}c:", "}{x}:", "{a}{:", "{a}}:", "{{a}:")) {
            assertThat(RedisKeys.isUsable(prefix)).as(prefix).isTrue();
            for (String cache : HOSTILE) {
                String entry = key(prefix, cache, "why {me}?", KeyStyle.READABLE);
                assertThat(SlotHash.getSlot(new RedisKeys(prefix).lease(entry)))
                        .as("%s", entry)
                        .isEqualTo(SlotHash.getSlot(entry));
            }
        }
        for (String prefix : List.of("{", "}", "{}:", "{}{a}:", "a}b:", "a{b:", "}{")) {
            assertThat(RedisKeys.isUsable(prefix)).as(prefix).isFalse();
            assertThat(SlotHash.getSlot(new RedisKeys(prefix).lease(key(prefix, "prompt", null, KeyStyle.DIGEST))))
                    .isNotEqualTo(SlotHash.getSlot(key(prefix, "prompt", null, KeyStyle.DIGEST)));
        }
    }

    @Test
    void the_sums_of_a_day_have_a_key_of_their_own_and_what_was_counted_lies_in_its_slot() {
        RedisKeys keys = new RedisKeys("shop:");
        String key = keys.statistics("a:{b}", LocalDate.of(2026, 11, 3));

        assertThat(key).isEqualTo("shop:llm-cache:stats:a%3A%7Bb%7D:2026-11-03");
        assertThat(keys.counted(key, "jvm")).isEqualTo("shop:llm-cache:counted:{" + key + "}:jvm");
    }

    @Test
    void values_never_share_an_index() {
        RedisKeys keys = new RedisKeys("");
        List<String> values = List.of(
                "a", "a:b", "a%3Ab", "A", "", "x".repeat(100), "x".repeat(101), "x".repeat(102), "x".repeat(100) + "~");

        assertThat(values)
                .extracting(value -> keys.index("prompt", new Term(Term.Kind.TAG, value)))
                .doesNotHaveDuplicates();
        assertThat(keys.index("a:tag", new Term(Term.Kind.TAG, "b")))
                .isNotEqualTo(keys.index("a", new Term(Term.Kind.TAG, "tag:b")));
        assertThat(keys.index("prompt", new Term(Term.Kind.SCOPE, "a")))
                .isNotEqualTo(keys.index("prompt", new Term(Term.Kind.TAG, "a")));
    }
}
