package io.github.llmcache.usage;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** What usage is counted in. */
public enum UsageUnit {
    /** Calls of a model. */
    CALLS("count"),
    /** Tokens of prompts and answers together. */
    TOKENS("tokens"),
    /** Money, counted in billionths of the currency of the models' prices. */
    MONEY("cost");

    private static final int NANOS = 9;

    private final String segment;

    UsageUnit(String segment) {
        this.segment = segment;
    }

    /** The unit's part of a key. */
    public String segment() {
        return segment;
    }

    /**
     * Tells what a counter means.
     *
     * @param counted what is counted
     * @return calls, tokens, or money in the currency itself
     */
    public BigDecimal amount(long counted) {
        BigDecimal amount = BigDecimal.valueOf(counted, this == MONEY ? NANOS : 0);
        return amount.signum() == 0
                ? BigDecimal.ZERO
                : new BigDecimal(amount.stripTrailingZeros().toPlainString());
    }

    /**
     * Tells how an amount is counted.
     *
     * @param amount calls, tokens, or money in the currency itself, not negative
     * @return what is counted, rounded down
     * @throws ArithmeticException if it is more than can be counted
     */
    public long counted(BigDecimal amount) {
        return (this == MONEY ? amount.movePointRight(NANOS) : amount)
                .setScale(0, RoundingMode.DOWN)
                .longValueExact();
    }
}
