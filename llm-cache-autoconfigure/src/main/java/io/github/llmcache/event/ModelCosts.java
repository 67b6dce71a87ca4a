package io.github.llmcache.event;

/**
 * What the answers of one model cost.
 *
 * @param saved of the answers that were served from the cache: what they cost when the model gave them
 * @param spent of the answers that the model gave
 */
public record ModelCosts(CostTotals saved, CostTotals spent) {}
