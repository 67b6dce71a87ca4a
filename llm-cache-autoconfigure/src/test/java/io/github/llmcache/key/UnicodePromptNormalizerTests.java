package io.github.llmcache.key;

import static org.assertj.core.api.Assertions.assertThat;

import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

class UnicodePromptNormalizerTests {

    private static final NormalizationSteps UNICODE = new NormalizationSteps(true, false, false, false);
    private static final NormalizationSteps LOWER_CASE = new NormalizationSteps(false, true, false, false);
    private static final NormalizationSteps WHITE_SPACE = new NormalizationSteps(false, false, true, false);
    private static final NormalizationSteps STRIP = new NormalizationSteps(false, false, false, true);

    private static final List<NormalizationSteps> ALL_STEPS = IntStream.range(0, 16)
            .mapToObj(
                    bits -> new NormalizationSteps((bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0))
            .toList();

    /** Characters whose folding depends on their neighbours, or makes new ones. */
    private static final int[] NASTY = {
        'a', 'J', 'I', 'i', ' ', '\t', '\n', 0xA0, 0x3000, 0x2000, 0x2001, 0x1680, 0x85, 0x200B, 0xFEFF, 0x130, 0x131,
        0x3A3, 0x3C2, 0x3C3, 0x300, 0x301, 0x307, 0x30C, 0x323, 0x327, 0x338, 0x344, 0x345, 0x1100, 0x1161, 0x11A8,
        0xAC00, 0x212B, 0x2126, 0x212A, 0x1E9E, 0xDF, 0x1C5, 0x3F4, 0xD800, 0xDC00, 0x1F600, 0x10400, 0x1D15E, 0xFB1D,
        0x958, 0x0F73, 0x13A0, 0x1F88, 0x1FBC, 0x1E900
    };

    private final UnicodePromptNormalizer normalizer = new UnicodePromptNormalizer();

    @Test
    void folding_any_character_twice_gives_what_folding_once_gave() {
        for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
            String text = Character.toString(codePoint);
            for (NormalizationSteps steps : ALL_STEPS) {
                String once = normalizer.normalize(text, steps);
                if (!once.equals(text) && !normalizer.normalize(once, steps).equals(once)) {
                    throw new AssertionError("U+" + Integer.toHexString(codePoint) + " with " + steps);
                }
            }
        }
    }

    @Test
    void folding_any_text_twice_gives_what_folding_once_gave() {
        for (int seed = 0; seed < 15_000; seed++) {
            Random random = new Random(seed);
            StringBuilder text = new StringBuilder();
            int length = random.nextInt(12);
            for (int i = 0; i < length; i++) {
                text.appendCodePoint(
                        random.nextInt(4) == 0
                                ? random.nextInt(Character.MAX_CODE_POINT + 1)
                                : NASTY[random.nextInt(NASTY.length)]);
            }
            if (random.nextInt(20) == 0) {
                // About as many marks as are composed at most.
                text.append("\u0344\u0323".repeat(60 + random.nextInt(8)));
            }
            for (NormalizationSteps steps : ALL_STEPS) {
                String once = normalizer.normalize(text.toString(), steps);

                assertThat(normalizer.normalize(once, steps))
                        .as("seed %d with %s", seed, steps)
                        .isEqualTo(once);
            }
        }
    }

    @Test
    void no_step_leaves_the_text_as_it_is() {
        String text = "  Ⅷ Å\u212B\tE\u0301 \u00A0 İ\uD83D ";

        assertThat(normalizer.normalize(text, NormalizationSteps.NONE)).isSameAs(text);
    }

    @Test
    void the_unicode_step_composes_and_does_nothing_else() {
        assertThat(normalizer.normalize(" E\u0301  \u212B \u1112\u1161\u11AB ", UNICODE))
                .isEqualTo(" É  Å 한 ");
        // Characters that only look alike stay apart.
        assertThat(normalizer.normalize("ﬁ ² Ⅷ", UNICODE)).isEqualTo("ﬁ ² Ⅷ");
    }

    @Test
    void the_lower_case_step_is_that_of_no_language_and_does_nothing_else() {
        assertThat(normalizer.normalize("  ÄÖÜ  E\u0301 I İ \uD801\uDC00", LOWER_CASE))
                .isEqualTo("  äöü  e\u0301 i i\u0307 \uD801\uDC28");
        assertThat(normalizer.normalize("STRASSE", LOWER_CASE))
                .isNotEqualTo(normalizer.normalize("Straße", LOWER_CASE));
    }

    @Test
    void every_sigma_is_the_same_one_so_that_capitals_meet_small_letters() {
        assertThat(normalizer.normalize("ΟΔΟΣ", LOWER_CASE))
                .isEqualTo(normalizer.normalize("οδος", LOWER_CASE))
                .isEqualTo("οδοσ");
    }

    @Test
    void every_letter_but_the_sigma_is_lower_cased_as_java_does() {
        for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
            String text = Character.toString(codePoint);
            String expected = codePoint == 0x3C2 ? "σ" : text.toLowerCase(Locale.ROOT);
            if (!normalizer.normalize(text, LOWER_CASE).equals(expected)) {
                throw new AssertionError("U+" + Integer.toHexString(codePoint));
            }
        }
    }

    @Test
    void the_white_space_step_makes_one_space_of_each_run_and_does_nothing_else() {
        assertThat(normalizer.normalize("\n a\t\r\n B\u00A0\u3000c\u2028d ", WHITE_SPACE))
                .isEqualTo(" a B c d ");
        assertThat(normalizer.normalize("a b", WHITE_SPACE)).isEqualTo("a b");
        // Joiners and marks of direction are no white space: they change how text reads.
        assertThat(normalizer.normalize("a\u200Db\u200Bc", WHITE_SPACE)).isEqualTo("a\u200Db\u200Bc");
    }

    @Test
    void the_strip_step_takes_white_space_from_both_ends_and_does_nothing_else() {
        assertThat(normalizer.normalize("\u3000\n \u00A0A  b\t\u2003", STRIP)).isEqualTo("A  b");
        assertThat(normalizer.normalize(" \u00A0\n", STRIP)).isEmpty();
        assertThat(normalizer.normalize("", STRIP)).isEmpty();
    }

    @Test
    void all_steps_together_meet_what_people_hold_to_be_the_same_prompt() {
        assertThat(List.of(
                        "Café au lait?",
                        "  cafe\u0301   AU lait? ",
                        "CAFÉ\u00A0au\u3000lait?\n",
                        "\tCafE\u0301\r\nau LAIT?"))
                .allSatisfy(prompt -> assertThat(normalizer.normalize(prompt, NormalizationSteps.ALL))
                        .isEqualTo("café au lait?"));
        // Lower-casing leaves a pair behind that can be composed.
        assertThat(normalizer.normalize("J\u030C", NormalizationSteps.ALL)).isEqualTo("\u01F0");
    }

    @Test
    @ResourceLock(Resources.LOCALE)
    void the_default_locale_changes_nothing() {
        Locale before = Locale.getDefault();
        try {
            for (Locale locale : List.of(new Locale("tr", "TR"), new Locale("lt"), new Locale("az"), Locale.ROOT)) {
                Locale.setDefault(locale);

                assertThat(normalizer.normalize("TITLE İI Ì ı", NormalizationSteps.ALL))
                        .as("%s", locale)
                        .isEqualTo("title i\u0307i ì ı");
            }
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void texts_of_a_megabyte_that_are_slow_to_fold_one_by_one_are_folded() {
        // Each of these takes Java's own lower-casing or composing minutes to hours.
        for (String piece : List.of("Σ", "İ", "\u0301\u0323", "Σ\u0301", "\u1100\u1161\u11A8", " \u00A0", "A\u0301 ")) {
            String text = piece.repeat(1_000_000 / piece.length());
            String folded = normalizer.normalize("a" + text, NormalizationSteps.ALL);

            assertThat(normalizer.normalize(folded, NormalizationSteps.ALL)).isEqualTo(folded);
        }
    }

    @Test
    void a_run_of_marks_longer_than_any_language_writes_is_left_alone_and_a_shorter_one_is_not() {
        String shorter = "e\u0323\u0301" + "\u0316".repeat(126);
        String longer = shorter + "\u0316";

        assertThat(normalizer.normalize(shorter, UNICODE))
                .isEqualTo(Normalizer.normalize(shorter, Normalizer.Form.NFC))
                .isNotEqualTo(shorter);
        assertThat(normalizer.normalize(longer, UNICODE)).isEqualTo(longer);
    }
}
