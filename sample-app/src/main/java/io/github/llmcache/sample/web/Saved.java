package io.github.llmcache.sample.web;

import io.github.llmcache.event.CostTotals;
import java.math.BigDecimal;

/**
 * What the cache has saved.
 *
 * @param tokens the tokens of the prompts and the answers
 * @param money what they cost, in the currency of the prices
 */
record Saved(long tokens, BigDecimal money) {

    static final Saved NOTHING = new Saved(0, BigDecimal.ZERO);

    Saved plus(Saved other) {
        return new Saved(tokens + other.tokens, money.add(other.money));
    }

    static Saved of(CostTotals costs) {
        return new Saved(costs.inputTokens() + costs.outputTokens(), costs.cost());
    }
}
