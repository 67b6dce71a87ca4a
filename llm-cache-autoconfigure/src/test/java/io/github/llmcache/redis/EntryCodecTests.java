package io.github.llmcache.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.llmcache.key.RequestParts;
import io.github.llmcache.payload.Payload;
import io.github.llmcache.payload.TokenCount;
import io.github.llmcache.tier.CacheEntry;
import io.github.llmcache.tier.EntryTerms;
import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.TierException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** What stands in Redis is read as it was written, or refused. */
class EntryCodecTests {

    private static final String DIGEST = "gMPU9MhBR42JDP-IUumbEu_EnNsOQyDN1jWLBoLY6-E";
    private static final Instant CREATED = Instant.ofEpochMilli(1763886000000L);
    private static final Instant FRESH_UNTIL = Instant.ofEpochMilli(1763889600000L);

    /** Characters that damage an entry more deeply than any others. */
    private static final String SYNTAX = "{}[]\",:0-9eE\\utfn \0";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final EntryCodec codec = new EntryCodec();

    @ParameterizedTest
    @ValueSource(strings = {"v1-full.json", "v1-sized-full.json"})
    void a_full_entry_of_format_1_is_read_and_written_byte_for_byte(String example) {
        CacheEntry entry = codec.read(example(example));

        assertThat(entry)
                .isEqualTo(new CacheEntry(
                        DIGEST,
                        payload("{\"text\":\"A model.\\nIt attends: {\\\"a\\\"}\","
                                + "\"sources\":[1,2.5,null,true,{\"page\":\"§ 3\"}]}"),
                        CREATED,
                        FRESH_UNTIL,
                        "gpt-4o",
                        "what is a \"transformer\"? 🤖",
                        new TokenCount(12, 80)));
        assertThat(text(codec.write(entry)))
                .isEqualTo(text(example("v1-sized-full.json")).strip());
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1-minimal.json", "v1-sized-minimal.json"})
    void a_minimal_entry_of_format_1_is_read_and_written_byte_for_byte(String example) {
        CacheEntry entry = codec.read(example(example));

        assertThat(entry)
                .isEqualTo(new CacheEntry(DIGEST, payload("\"A model.\""), CREATED, FRESH_UNTIL, null, null, null));
        assertThat(text(codec.write(entry)))
                .isEqualTo(text(example("v1-sized-minimal.json")).strip());
    }

    @Test
    void what_an_entry_can_be_evicted_by_is_read_as_it_was_written() {
        CacheEntry entry = new CacheEntry(
                DIGEST,
                payload("\"A model.\""),
                CREATED,
                FRESH_UNTIL,
                "gpt-4o",
                null,
                null,
                new EntryTerms("ann:\"1\"", "key", List.of("document-7", "größe 🤖")));

        assertThat(codec.read(codec.write(entry))).isEqualTo(entry);
        assertThat(text(codec.write(entry)))
                .contains(
                        "\"scope\":\"ann:\\\"1\\\"\",\"key\":\"key\",\"tags\":[\"document-7\",\"größe 🤖\"],\"size\":10,\"payload\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"tags\":\"a\"",
                "\"tags\":[1]",
                "\"tags\":[null]",
                "\"tags\":[[\"a\"]]",
                "\"scope\":7",
                "\"key\":[]"
            })
    void terms_of_another_type_make_an_entry_unreadable(String field) {
        String whole = text(
                codec.write(new CacheEntry(DIGEST, payload("\"A model.\""), CREATED, FRESH_UNTIL, null, null, null)));

        assertThatExceptionOfType(TierException.class)
                .isThrownBy(() -> codec.read(
                        whole.replace("\"payload\"", field + ",\"payload\"").getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void the_parts_of_the_request_are_read_and_written_byte_for_byte_but_left_out_for_calls() {
        CacheEntry bare = new CacheEntry(DIGEST, payload("\"A model.\""), CREATED, FRESH_UNTIL, "gpt-4o", null, null);
        CacheEntry whole = codec.readWhole(example("v1-parts.json")).entry();

        assertThat(codec.read(example("v1-parts.json"))).isEqualTo(bare);
        assertThat(whole.parts())
                .isEqualTo(new RequestParts("k3J9xQ2a", "0aBcD3fG", "Zz19_-aB", "2024-11-20", "7", "blue"));
        assertThat(text(codec.write(whole)).replace(",\"size\":10", ""))
                .isEqualTo(text(example("v1-parts.json")).strip());
        // Without a parser, as most entries are.
        assertThat(PlainEnvelope.read(codec.write(whole)))
                .isNotNull()
                .extracting(EntryCodec.Decoded::entry)
                .isEqualTo(bare);
        RequestParts few = new RequestParts("k3J9xQ2a", "0aBcD3fG", null, null, null, null);
        CacheEntry entry =
                new CacheEntry(DIGEST, payload("1"), CREATED, FRESH_UNTIL, null, null, null, EntryTerms.NONE, few);
        assertThat(codec.readWhole(codec.write(entry)).entry()).isEqualTo(entry);
        assertThat(text(codec.write(entry)))
                .contains(",\"parts\":{\"method\":\"k3J9xQ2a\",\"shape\":\"0aBcD3fG\"},\"size\":1,\"payload\":1}");
    }

    @Test
    void parts_that_are_not_as_expected_are_no_reason_to_lose_the_answer() {
        CacheEntry expected = new CacheEntry(DIGEST, payload("\"A model.\""), CREATED, FRESH_UNTIL, null, null, null);

        assertThat(codec.read(example("v1-strange-parts.json"))).isEqualTo(expected);
        assertThat(codec.readWhole(example("v1-strange-parts.json")).entry()).isEqualTo(expected);
        assertThat(codec.readWhole(text(example("v1-strange-parts.json"))
                                .replaceFirst("\"parts\":\\{.*?},\"payload\":\"A", "\"parts\":[1,{}],\"payload\":\"A")
                                .getBytes(StandardCharsets.UTF_8))
                        .entry())
                .isEqualTo(expected);
    }

    @Test
    void fields_that_a_later_release_may_add_are_skipped_whatever_they_hold() {
        assertThat(codec.read(example("v1-unknown-fields.json")))
                .isEqualTo(new CacheEntry(
                        DIGEST, payload("\"A model.\""), CREATED, FRESH_UNTIL, null, null, new TokenCount(12, 80)));
    }

    @Test
    void an_entry_that_somebody_has_laid_out_by_hand_is_read() {
        assertThat(codec.read(example("v1-any-order.json")))
                .isEqualTo(new CacheEntry(
                        DIGEST, payload("[ \"A model.\", { \"n\" : 1 } ]"), CREATED, FRESH_UNTIL, null, null, null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"v2-alone.json", "v2-as-v1.json", "v2-digest-object.json", "v2-other-types.json"})
    void an_entry_of_a_newer_format_is_told_as_such_whatever_else_it_holds(String example) {
        assertThat(kindOf(example(example))).isEqualTo(FailureKind.NEWER_FORMAT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"v0.json", "no-version.json"})
    void an_entry_of_no_known_format_is_unreadable(String example) {
        assertThat(kindOf(example(example))).isEqualTo(FailureKind.UNREADABLE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "[]",
                "\"text\"",
                "{}",
                "{\"v\":1}",
                "{\"v\":\"1\"}",
                "{\"v\":{\"v\":1}}",
                "{\"v\":1,\"digest\":\"d\",\"createdAt\":1,\"freshUntil\":2}",
                "{\"v\":1,\"digest\":\"d\",\"createdAt\":1,\"payload\":1}",
                "{\"v\":1,\"createdAt\":1,\"freshUntil\":2,\"payload\":1}",
                "{\"v\":1,\"digest\":null,\"createdAt\":1,\"freshUntil\":2,\"payload\":1}",
                "{\"v\":1,\"digest\":{},\"createdAt\":1,\"freshUntil\":2,\"payload\":1}",
                "{\"v\":1,\"digest\":\"d\",\"createdAt\":-1,\"freshUntil\":2,\"payload\":1}",
                "{\"v\":1,\"digest\":\"d\",\"createdAt\":\"1\",\"freshUntil\":2,\"payload\":1}",
                "{\"v\":1,\"digest\":\"d\",\"createdAt\":1,\"freshUntil\":2,\"tokens\":{\"input\":-1},\"payload\":1}",
                "{\"v\":1,\"digest\":\"d\",\"createdAt\":1,\"freshUntil\":2,\"tokens\":7,\"payload\":1}",
                "{\"v\":1,\"digest\":\"d\",\"createdAt\":1,\"freshUntil\":2,\"model\":{\"payload\":2},\"payload\":1}",
                "{\"v\":1,\"digest\":\"d\",\"createdAt\":1,\"freshUntil\":2,\"payload\":}",
                "{\"v\":1,\"digest\":\"d\",\"createdAt\":1,\"freshUntil\":2,\"payload\":1}}",
                "{\"v\":1,\"digest\":\"d\",\"createdAt\":1,\"freshUntil\":2,\"payload\":1} 2",
                "{\"v\":1,\"digest\":\"d\",\"createdAt\":1,\"freshUntil\":2,\"payload\":{\"a\":1}",
                "{\"v\":1,\"digest\":\"d\",\"createdAt\":1,\"freshUntil\":2,\"payload\":\"a}",
            })
    void what_is_no_entry_is_unreadable(String value) {
        assertThat(kindOf(bytes(value))).isEqualTo(FailureKind.UNREADABLE);
    }

    @Test
    void an_entry_in_another_encoding_than_utf_8_is_unreadable() {
        String entry = text(example("v1-minimal.json"));

        assertThat(kindOf(entry.getBytes(StandardCharsets.UTF_16LE))).isEqualTo(FailureKind.UNREADABLE);
        assertThat(kindOf(entry.getBytes(StandardCharsets.UTF_16BE))).isEqualTo(FailureKind.UNREADABLE);
        assertThat(kindOf(entry.getBytes(StandardCharsets.UTF_16))).isEqualTo(FailureKind.UNREADABLE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "v1-full.json",
                "v1-minimal.json",
                "v1-sized-full.json",
                "v1-sized-minimal.json",
                "v1-unknown-fields.json",
                "v1-any-order.json"
            })
    void an_entry_that_is_cut_off_anywhere_is_unreadable_or_whole(String example) {
        byte[] whole = example(example);
        CacheEntry entry = codec.read(whole);

        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            try {
                assertThat(codec.read(cut)).as("the first %d bytes", length).isEqualTo(entry);
            } catch (TierException ex) {
                assertThat(ex.kind()).as("the first %d bytes", length).isEqualTo(FailureKind.UNREADABLE);
            }
        }
    }

    @Test
    void damage_of_any_kind_is_told_as_a_failure_of_the_tier() {
        Random random = new Random(20261101);
        List<byte[]> examples = List.of(
                example("v1-full.json"),
                example("v1-minimal.json"),
                example("v1-sized-full.json"),
                example("v1-sized-minimal.json"),
                example("v1-unknown-fields.json"),
                example("v1-any-order.json"),
                example("v2-other-types.json"));

        for (int round = 0; round < 20_000; round++) {
            byte[] damaged = examples.get(round % examples.size()).clone();
            for (int i = random.nextInt(4); i >= 0; i--) {
                int at = random.nextInt(damaged.length);
                switch (random.nextInt(4)) {
                    case 0 -> damaged[at] = (byte) random.nextInt(256);
                    case 1 -> damaged[at] = (byte) SYNTAX.charAt(random.nextInt(SYNTAX.length()));
                    case 2 -> damaged = Arrays.copyOf(damaged, Math.max(1, at));
                    default -> System.arraycopy(damaged, at, damaged, 0, damaged.length - at);
                }
            }
            try {
                codec.read(damaged);
            } catch (TierException ex) {
                assertThat(ex.kind()).isIn(FailureKind.UNREADABLE, FailureKind.NEWER_FORMAT);
            } catch (RuntimeException ex) {
                throw new AssertionError("round " + round + ": " + text(damaged), ex);
            }
        }
    }

    /** What is read without a parser, the parser reads as well; only what is wrong in the payload is left to its codec. */
    @Test
    void an_entry_that_is_read_quickly_is_the_one_that_a_parser_reads() {
        Random random = new Random(20261127);
        List<byte[]> examples = List.of(
                codec.write(entry(payload("\"A model.\""), "why?")),
                codec.write(entry(payload("{\"n\":[1,{}]}"), "größe 🤖")),
                codec.write(new CacheEntry(
                        DIGEST,
                        payload("7"),
                        CREATED,
                        FRESH_UNTIL,
                        null,
                        null,
                        new TokenCount(0, 80),
                        new EntryTerms("anna", "key", List.of("a", "b")))));
        assertThat(examples)
                .allSatisfy(example -> assertThat(PlainEnvelope.read(example)).isEqualTo(codec.parse(example)));
        int quick = 0;
        for (int round = 0; round < 50_000; round++) {
            byte[] damaged = examples.get(round % examples.size()).clone();
            damaged[random.nextInt(damaged.length)] = random.nextBoolean()
                    ? (byte) random.nextInt(256)
                    : (byte) SYNTAX.charAt(random.nextInt(SYNTAX.length()));
            EntryCodec.Decoded read = PlainEnvelope.read(damaged);
            if (read == null) {
                continue;
            }
            quick++;
            try {
                assertThat(read).as(text(damaged)).isEqualTo(codec.parse(damaged));
            } catch (TierException ex) {
                assertThat(isJson(read.entry().payload())).as(text(damaged)).isFalse();
            }
        }
        assertThat(quick).isPositive();
    }

    private static boolean isJson(Payload payload) {
        try {
            return !JSON.readTree(payload.bytes(), payload.offset(), payload.length())
                    .isMissingNode();
        } catch (RuntimeException ex) {
            return false;
        }
    }

    @Test
    void a_size_that_is_not_the_payload_s_is_not_believed() {
        String entry = text(codec.write(entry(payload("\"A model.\""), "why?")));

        for (String size : List.of("9", "11", "0", "99999999999999999999", "-10", "1e1", "\"10\"")) {
            assertThat(codec.read(bytes(entry.replace("\"size\":10", "\"size\":" + size)))
                            .payload())
                    .isEqualTo(payload("\"A model.\""));
        }
        assertThat(kindOf(bytes(entry.replace("\"size\":10", "\"size\":010")))).isEqualTo(FailureKind.UNREADABLE);
        assertThat(codec.read(bytes(entry.replace("}", ",\"later\":1}"))).payload())
                .isEqualTo(payload("\"A model.\""));
    }

    @Test
    void no_message_quotes_what_stands_in_the_entry() {
        for (String value : List.of(
                "canary",
                "{\"v\":1,\"digest\":\"d\",\"createdAt\":\"canary\",\"freshUntil\":2,\"payload\":1}",
                "{\"v\":1,\"prompt\":\"canary",
                "{\"v\":1,\"canary\"}")) {
            assertThatExceptionOfType(TierException.class)
                    .isThrownBy(() -> codec.read(bytes(value)))
                    .satisfies(ex -> assertThat(ex).hasNoCause())
                    .satisfies(ex -> assertThat(ex.getMessage()).doesNotContain("canary"));
        }
    }

    @Test
    void a_prompt_reads_back_whatever_its_characters() {
        for (String prompt :
                List.of("🤖 e\u0301", "a\0b\u001f\u007f", "\"\\/\b\f\n\r\t", "\u2028\u2029", "x".repeat(1 << 20))) {
            CacheEntry entry = entry(payload("\"A model.\""), prompt);

            assertThat(codec.read(codec.write(entry))).isEqualTo(entry);
        }
    }

    @Test
    void a_prompt_that_is_no_unicode_text_costs_its_broken_characters_and_nothing_else() {
        CacheEntry read = codec.read(codec.write(entry(payload("\"A model.\""), "a\ud83db\udd16")));

        assertThat(read).isEqualTo(entry(payload("\"A model.\""), "a?b?"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1",
                "-1.5e3",
                "true",
                "false",
                "null",
                "\"\"",
                "\"}\"",
                "\"a,\"",
                "[]",
                "{}",
                "[{}]",
                "{\"payload\":{}}"
            })
    void a_payload_is_any_json_value(String json) {
        CacheEntry entry = entry(payload(json), null);

        assertThat(codec.read(codec.write(entry))).isEqualTo(entry);
    }

    @Test
    void the_bytes_name_no_class() {
        assertThat(text(codec.write(entry(payload("\"A model.\""), "why?"))))
                .doesNotContain("java")
                .doesNotContain("llmcache")
                .doesNotContain("@class");
    }

    private static CacheEntry entry(Payload payload, @Nullable String prompt) {
        return new CacheEntry(DIGEST, payload, CREATED, FRESH_UNTIL, "gpt-4o", prompt, null);
    }

    private @Nullable FailureKind kindOf(byte[] value) {
        try {
            codec.read(value);
            return null;
        } catch (TierException ex) {
            return ex.kind();
        }
    }

    private static Payload payload(String json) {
        return Payload.of(bytes(json));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static byte[] example(String name) {
        try (InputStream in = EntryCodecTests.class.getResourceAsStream("/entries/" + name)) {
            assertThat(in).as(name).isNotNull();
            return in.readAllBytes();
        } catch (IOException ex) {
            throw new IllegalStateException(name, ex);
        }
    }
}
