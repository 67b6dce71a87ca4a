package io.github.llmcache.actuate;

import io.github.llmcache.usage.UsageStatus;
import io.github.llmcache.usage.UsageUnit;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * What somebody uses; it does not repeat whose usage it is.
 *
 * @param usage a line for each window and unit, the shortest window first
 */
public record UsageDescriptor(List<Line> usage) implements OperationResponseBody {

    static UsageDescriptor of(List<UsageStatus> usage) {
        return new UsageDescriptor(usage.stream()
                .map(status -> new Line(
                        status.window().segment(),
                        nameOf(status.unit()),
                        status.used(),
                        status.limit(),
                        status.resetsAt().toString()))
                .toList());
    }

    /** The unit as it is called in the settings. */
    static String nameOf(UsageUnit unit) {
        return switch (unit) {
            case CALLS -> "calls";
            case TOKENS -> "tokens";
            case MONEY -> "cost";
        };
    }

    /**
     * How much of a budget is used.
     *
     * @param window {@code minute}, {@code hour}, {@code day} or {@code month}
     * @param unit {@code calls}, {@code tokens} or {@code cost}
     * @param used how much is used, or reserved for calls that are under way
     * @param limit how much may be used, or null for any amount
     * @param resetsAt when the window ends, in ISO 8601
     */
    public record Line(
            String window,
            String unit,
            BigDecimal used,
            @Nullable BigDecimal limit,
            String resetsAt) {}
}
