package io.github.llmcache.interceptor;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llmcache.key.NormalizationSteps;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which calls are held to ask the very same, and which are never remembered. */
class AskedAgainTests {

    record Point(int x, String name) {}

    record Loose(String name) {

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Loose that && name.equalsIgnoreCase(that.name);
        }

        @Override
        public int hashCode() {
            return name.toLowerCase(Locale.ROOT).hashCode();
        }
    }

    record Holder(List<String> names) {}

    @Test
    void equal_arguments_ask_the_same_and_different_ones_something_else() {
        List<@Nullable Object> values = new ArrayList<>(List.of(
                "1",
                '1',
                1,
                1L,
                (short) 1,
                (byte) 1,
                true,
                "true",
                new BigDecimal("1"),
                new BigDecimal("1.0"),
                BigInteger.ONE,
                UUID.fromString("00000000-0000-0000-0000-000000000001"),
                DayOfWeek.MONDAY,
                "MONDAY",
                LocalDate.EPOCH,
                Instant.EPOCH,
                "",
                new Point(1, "a"),
                new Point(1, "b"),
                new Loose("a"),
                new Loose("A")));
        values.add(null);

        for (int i = 0; i < values.size(); i++) {
            for (int j = 0; j < values.size(); j++) {
                assertThat(asked(values.get(i)).equals(asked(values.get(j))))
                        .as("%s and %s", values.get(i), values.get(j))
                        .isEqualTo(i == j);
            }
        }
        assertThat(asked(new String("why"))).isEqualTo(asked("why")).hasSameHashCodeAs(asked("why"));
    }

    @Test
    void texts_of_the_same_hash_are_told_apart() {
        assertThat("Aa".hashCode()).isEqualTo("BB".hashCode());
        assertThat(asked("Aa")).isNotEqualTo(asked("BB"));
    }

    @Test
    void what_could_change_or_has_no_known_equality_is_not_remembered() {
        List<Object> values = List.of(
                List.of("a"),
                new ArrayList<>(List.of("a")),
                new String[] {"a"},
                new byte[] {1},
                new StringBuilder("a"),
                new Date(0),
                1.0,
                Double.NaN,
                new Object(),
                new Holder(List.of("a")),
                new BigDecimal("1") {
                    private static final long serialVersionUID = 1L;
                });

        assertThat(values)
                .allSatisfy(value -> assertThat(of(recipe, "why", value)).isNull());
        assertThat(AskedAgain.of(recipe, "bean", null, null, BOTH, new Object[] {"a", "b"}, type -> false))
                .isNull();
    }

    @Test
    void arguments_keep_their_places_and_methods_and_scopes_are_told_apart() {
        assertThat(of(recipe, "a", "b")).isNotEqualTo(of(recipe, "b", "a"));
        assertThat(of(recipe, "a", "b")).isNotEqualTo(of(recipe(), "a", "b"));
        assertThat(of(recipe, "a", null)).isNotEqualTo(of(recipe, null, "a"));
        assertThat(AskedAgain.of(recipe, "bean", null, "anna", BOTH, new Object[] {"a", "b"}, t -> true))
                .isNotEqualTo(AskedAgain.of(recipe, "bean", "anna", null, BOTH, new Object[] {"a", "b"}, t -> true));
        assertThat(AskedAgain.of(recipe, "bean", null, null, BOTH, new Object[] {"a", "b"}, t -> true))
                .isNotEqualTo(AskedAgain.of(recipe, "twin", null, null, BOTH, new Object[] {"a", "b"}, t -> true));
    }

    private static final int[] BOTH = {0, 1};

    private final KeyRecipe recipe = recipe();

    private AskedAgain asked(@Nullable Object value) {
        return Objects.requireNonNull(of(recipe, "why", value));
    }

    private static @Nullable AskedAgain of(KeyRecipe recipe, @Nullable Object... arguments) {
        return AskedAgain.of(recipe, "bean", null, null, BOTH, arguments, type -> true);
    }

    private static KeyRecipe recipe() {
        return new KeyRecipe(
                "prompt",
                "m",
                "String",
                List.of(),
                false,
                null,
                null,
                null,
                IntStream.range(0, 2).boxed().toList(),
                0,
                -1,
                null,
                null,
                NormalizationSteps.ALL);
    }
}
