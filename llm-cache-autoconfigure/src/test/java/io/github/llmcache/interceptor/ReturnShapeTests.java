package io.github.llmcache.interceptor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** An answer whose type has changed is not found: the shape tells the types apart. */
class ReturnShapeTests {

    record Name(String text) {}

    record Renamed(String words) {}

    record Retyped(int text) {}

    record Nested(List<Name> names) {}

    record Loop(List<Loop> loops) {}

    enum Mood {
        GOOD,
        BAD
    }

    record WithMood(Mood mood) {}

    private static String shape(Class<?> type) {
        return ReturnShape.of(type, part -> "");
    }

    @Test
    void a_renamed_or_retyped_field_changes_the_shape() {
        assertThat(Stream.of(Name.class, Renamed.class, Retyped.class)
                        .map(type -> shape(type).replaceFirst("^[^{]*", "")))
                .doesNotHaveDuplicates();
    }

    @Test
    void fields_of_fields_and_constants_are_told() {
        assertThat(shape(Nested.class)).contains("names:").contains("text:java.lang.String");
        assertThat(shape(WithMood.class)).contains("GOOD").contains("BAD");
    }

    @Test
    void a_type_that_holds_itself_has_a_shape() {
        assertThat(shape(Loop.class)).contains("loops:");
    }

    @Test
    void what_a_model_is_told_of_a_field_is_part_of_the_shape() {
        assertThat(ReturnShape.of(Name.class, part -> "in French")).isNotEqualTo(shape(Name.class));
    }
}
