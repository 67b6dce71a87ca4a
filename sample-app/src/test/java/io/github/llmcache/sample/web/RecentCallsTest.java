package io.github.llmcache.sample.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.event.PromptCacheEvent;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RecentCallsTest {

    private final RecentCalls recent = new RecentCalls();

    @Test
    void theNewestStandFirstAndTheOldestAreForgotten() {
        IntStream.rangeClosed(1, RecentCalls.REMEMBERED + 2).forEach(number -> add("question " + number));

        assertThat(recent.newestFirst()).hasSize(RecentCalls.REMEMBERED);
        assertThat(recent.newestFirst().get(0).prompt()).isEqualTo("question " + (RecentCalls.REMEMBERED + 2));
        assertThat(recent.newestFirst().get(RecentCalls.REMEMBERED - 1).prompt())
                .isEqualTo("question 3");
    }

    @Test
    void equalCallsAreToldApart() {
        add("the same");
        add("the same");

        assertThat(recent.newestFirst()).extracting(RecentCall::id).doesNotHaveDuplicates();
    }

    private void add(String prompt) {
        recent.add(
                prompt, new PromptCacheEvent("prompt", CacheOutcome.HIT, "redis", null, "m", "d", 1, -1, Double.NaN));
    }
}
