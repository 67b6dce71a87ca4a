package io.github.llmcache.sample;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BudgetTest {

    private final Sample sample = Sample.start("llm-cache.usage.limits.day.calls=1", "sample.demo.delay=1ms");

    @AfterEach
    void stop() {
        sample.close();
    }

    @Test
    void whoIsPastTheBudgetIsToldWhenToAskAgainAndStillGetsWhatIsKnown() {
        sample.askAndKeep("Explain transformers");

        Reply refused = sample.ask("Explain whales");

        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.type()).isEqualTo("application/problem+json");
        assertThat(Long.parseLong(refused.retryAfter())).isBetween(1L, 86_400L);
        assertThat(refused.text("title")).isEqualTo("The budget is used up");
        assertThat(sample.ask("Explain transformers").text("outcome")).isEqualTo("HIT");
    }
}
