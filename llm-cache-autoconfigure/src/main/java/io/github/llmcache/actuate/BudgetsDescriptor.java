package io.github.llmcache.actuate;

import io.github.llmcache.usage.UsageBudgets;
import io.github.llmcache.usage.UsageLimit;
import io.github.llmcache.usage.UsageUnit;
import io.github.llmcache.usage.UsageWindow;
import java.math.BigDecimal;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * How much may be used.
 *
 * @param zone where days and months begin
 * @param limits the limits of everybody by window and unit ({@code calls}, {@code tokens}, {@code cost}); a window without limits
 *     is only counted
 * @param withOwnLimits how many subjects have limits of their own
 * @param subjects these limits by the names of the subjects, or null where values are not shown
 */
public record BudgetsDescriptor(
        String zone,
        Map<String, Map<String, BigDecimal>> limits,
        int withOwnLimits,
        @Nullable Map<String, Map<String, Map<String, BigDecimal>>> subjects)
        implements OperationResponseBody {

    static BudgetsDescriptor of(UsageBudgets budgets, ZoneId zone, boolean values) {
        Map<String, Map<String, Map<String, BigDecimal>>> subjects = new TreeMap<>();
        if (values) {
            budgets.subjects().forEach(subject -> subjects.put(subject, limits(budgets.of(subject))));
        }
        return new BudgetsDescriptor(
                zone.getId(), limits(budgets.defaults()), budgets.subjects().size(), values ? subjects : null);
    }

    private static Map<String, Map<String, BigDecimal>> limits(Map<UsageWindow, UsageLimit> limits) {
        Map<String, Map<String, BigDecimal>> told = new LinkedHashMap<>();
        limits.forEach((window, limit) -> {
            Map<String, BigDecimal> ofWindow = new LinkedHashMap<>();
            for (UsageUnit unit : UsageUnit.values()) {
                if (limit.of(unit) != UsageLimit.NONE) {
                    ofWindow.put(UsageDescriptor.nameOf(unit), unit.amount(limit.of(unit)));
                }
            }
            told.put(window.segment(), ofWindow);
        });
        return told;
    }

    /** Names nobody: web frameworks log what they write. */
    @Override
    public String toString() {
        return "BudgetsDescriptor[" + limits + "]";
    }
}
