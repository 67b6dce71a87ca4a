package io.github.llmcache.usage;

import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How much of a budget is used.
 *
 * @param window the window
 * @param unit what is counted
 * @param used how much is used, or reserved for calls that are under way: calls, tokens, or money in the currency of the
 *     models' prices
 * @param limit how much may be used, or null for any amount
 * @param resetsAt when the window ends
 */
public record UsageStatus(
        UsageWindow window,
        UsageUnit unit,
        BigDecimal used,
        @Nullable BigDecimal limit,
        Instant resetsAt) {}
