package io.github.llmcache.model;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * What the tokens of a model cost, in a currency that is the same for all models.
 *
 * @param inputPicos the price of a token of the prompt in billionths of a thousandth, not negative
 * @param outputPicos the price of a token of the answer in billionths of a thousandth, not negative
 */
public record ModelPrices(long inputPicos, long outputPicos) {

    private static final int PICOS_PER_NANO = 1000;

    /** The least price of a million tokens that is not rounded to nothing. */
    private static final BigDecimal LEAST = new BigDecimal("0.0000005");

    /** Checks that no price is negative. */
    public ModelPrices {
        if (inputPicos < 0 || outputPicos < 0) {
            throw new IllegalArgumentException("Prices are not negative: " + inputPicos + ", " + outputPicos);
        }
    }

    /**
     * Takes prices as providers publish them.
     *
     * @param input the price of a million tokens of prompts, not negative
     * @param output the price of a million tokens of answers, not negative
     * @return the prices, rounded to billionths for a thousand tokens
     * @throws ArithmeticException if a price is beyond nine millions
     */
    public static ModelPrices perMillion(BigDecimal input, BigDecimal output) {
        return new ModelPrices(picos(input), picos(output));
    }

    /**
     * The price of a million tokens of prompts.
     *
     * @return the price as {@link #perMillion} takes it
     */
    public BigDecimal inputPerMillion() {
        return perMillion(inputPicos);
    }

    /**
     * The price of a million tokens of answers.
     *
     * @return the price as {@link #perMillion} takes it
     */
    public BigDecimal outputPerMillion() {
        return perMillion(outputPicos);
    }

    /**
     * Tells what tokens cost.
     *
     * @param inputTokens tokens of the prompt, not negative
     * @param outputTokens tokens of the answer, not negative
     * @return the money in billionths, rounded; {@link Long#MAX_VALUE} where it is more than that
     */
    public long nanos(long inputTokens, long outputTokens) {
        try {
            long picos = Math.addExact(
                    Math.multiplyExact(inputTokens, inputPicos), Math.multiplyExact(outputTokens, outputPicos));
            return Math.floorDiv(Math.addExact(picos, PICOS_PER_NANO / 2), PICOS_PER_NANO);
        } catch (ArithmeticException ex) {
            return Long.MAX_VALUE;
        }
    }

    private static BigDecimal perMillion(long picos) {
        BigDecimal price = BigDecimal.valueOf(picos, 6).stripTrailingZeros();
        return price.scale() < 0 ? price.setScale(0) : price;
    }

    private static long picos(BigDecimal perMillion) {
        // To round what has millions of digits behind the point would take for ever.
        return perMillion.signum() >= 0 && perMillion.compareTo(LEAST) < 0
                ? 0
                : perMillion.movePointRight(6).setScale(0, RoundingMode.HALF_UP).longValueExact();
    }
}
