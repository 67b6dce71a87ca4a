package io.github.llmcache.actuate;

import static io.github.llmcache.actuate.TestEntries.CREATED;
import static io.github.llmcache.actuate.TestEntries.entry;
import static io.github.llmcache.actuate.TestEntries.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class EntryDescriptorTests {

    @Test
    void the_age_is_counted_from_when_the_model_answered() {
        assertThat(EntryDescriptor.hidden(entry("d1"), CREATED.plus(Duration.ofMinutes(5)))
                        .ageSeconds())
                .isEqualTo(300);
    }

    @Test
    void an_entry_of_a_clock_that_runs_ahead_is_not_younger_than_nothing() {
        assertThat(EntryDescriptor.hidden(entry("d1"), CREATED.minusSeconds(5)).ageSeconds())
                .isZero();
    }

    @Test
    void no_descriptor_says_its_values_as_text() {
        EntryDescriptor shown = EntryDescriptor.withAnswer(entry("d1"), CREATED);

        assertThat(new EntriesDescriptor(List.of(shown), 0, null).toString())
                .contains("d1")
                .doesNotContain("canary");
    }

    @Test
    void an_answer_that_is_no_json_is_shown_as_text() {
        assertThat(AnswerTree.of(json("{\"text\":"))).isEqualTo("{\"text\":");
    }
}
