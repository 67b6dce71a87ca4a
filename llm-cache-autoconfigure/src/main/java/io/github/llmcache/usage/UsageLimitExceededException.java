package io.github.llmcache.usage;

import io.github.llmcache.engine.LoadRefusedException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Locale;

/**
 * Says that the model was not asked, because a user's budget is used up.
 *
 * <p>Neither the message nor anything else in it names the user.
 */
public final class UsageLimitExceededException extends LoadRefusedException {

    private static final long serialVersionUID = 1L;

    private final UsageWindow window;
    private final UsageUnit unit;
    private final BigDecimal limit;
    private final BigDecimal used;
    private final Instant resetsAt;

    /**
     * Creates the exception.
     *
     * @param window the window whose budget is used up
     * @param unit what the budget is counted in
     * @param limit how much may be used
     * @param used how much is used or reserved
     * @param resetsAt when the window ends
     */
    public UsageLimitExceededException(
            UsageWindow window, UsageUnit unit, BigDecimal limit, BigDecimal used, Instant resetsAt) {
        super(
                "The model was not asked: of " + limit.toPlainString() + " "
                        + (unit == UsageUnit.MONEY ? "in money" : unit.name().toLowerCase(Locale.ROOT))
                        + " a " + window.segment() + ", " + used.toPlainString()
                        + " are used or reserved. The next " + window.segment() + " begins at " + resetsAt,
                null);
        this.window = window;
        this.unit = unit;
        this.limit = limit;
        this.used = used;
        this.resetsAt = resetsAt;
    }

    /** The window whose budget is used up; of several the one that ends last. */
    public UsageWindow window() {
        return window;
    }

    /** What the budget is counted in. */
    public UsageUnit unit() {
        return unit;
    }

    /** How much may be used in the window: calls, tokens, or money in the currency of the models' prices. */
    public BigDecimal limit() {
        return limit;
    }

    /** How much is used, or reserved for calls that are under way. */
    public BigDecimal used() {
        return used;
    }

    /** When the window ends and the budget is there again. */
    public Instant resetsAt() {
        return resetsAt;
    }
}
