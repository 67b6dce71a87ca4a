package io.github.llmcache.event;

import java.math.BigDecimal;

/**
 * What many answers cost together.
 *
 * @param inputTokens tokens of the prompts
 * @param outputTokens tokens of the answers
 * @param cost the money in the currency of the prices, of the answers whose price is known
 * @param withoutTokens answers that do not tell their tokens, which neither the tokens nor the money contain
 * @param withoutPrice answers whose model has no prices, which the money does not contain
 */
public record CostTotals(long inputTokens, long outputTokens, BigDecimal cost, long withoutTokens, long withoutPrice) {

    /** Of no answers. */
    public static final CostTotals NONE = of(0, 0, 0, 0, 0);

    private static final int NANO = 9;

    /**
     * Creates totals from money in billionths.
     *
     * @param inputTokens tokens of the prompts
     * @param outputTokens tokens of the answers
     * @param nanos the money in billionths of the currency
     * @param withoutTokens answers that do not tell their tokens
     * @param withoutPrice answers whose model has no prices
     * @return the totals
     */
    public static CostTotals of(
            long inputTokens, long outputTokens, long nanos, long withoutTokens, long withoutPrice) {
        return new CostTotals(inputTokens, outputTokens, BigDecimal.valueOf(nanos, NANO), withoutTokens, withoutPrice);
    }

    /** Takes needless zeros from the end of the money, so that equal sums are equal. */
    public CostTotals {
        BigDecimal stripped = cost.stripTrailingZeros();
        cost = stripped.scale() < 0 ? stripped.setScale(0) : stripped;
    }

    /** The money in billionths of the currency; {@link Long#MAX_VALUE} where it is more than that. */
    public long nanos() {
        BigDecimal nanos = cost.movePointRight(NANO);
        return nanos.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0 ? Long.MAX_VALUE : nanos.longValue();
    }

    /**
     * Adds other totals.
     *
     * @param other the other totals
     * @return the sum of both
     */
    public CostTotals plus(CostTotals other) {
        return new CostTotals(
                inputTokens + other.inputTokens,
                outputTokens + other.outputTokens,
                cost.add(other.cost),
                withoutTokens + other.withoutTokens,
                withoutPrice + other.withoutPrice);
    }
}
