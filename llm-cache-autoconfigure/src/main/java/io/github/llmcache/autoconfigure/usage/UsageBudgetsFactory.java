package io.github.llmcache.autoconfigure.usage;

import io.github.llmcache.autoconfigure.InvalidLlmCachePropertyException;
import io.github.llmcache.autoconfigure.LlmCacheProperties.Usage;
import io.github.llmcache.autoconfigure.LlmCacheProperties.UsageLimits;
import io.github.llmcache.usage.UsageBudgets;
import io.github.llmcache.usage.UsageLimit;
import io.github.llmcache.usage.UsageUnit;
import io.github.llmcache.usage.UsageWindow;
import java.math.BigDecimal;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes budgets of settings, and refuses limits that can't be meant. */
final class UsageBudgetsFactory {

    private static final String PREFIX = "llm-cache.usage.";

    private UsageBudgetsFactory() {}

    static UsageBudgets create(Usage usage) {
        Map<UsageWindow, UsageLimit> defaults = new EnumMap<>(UsageWindow.class);
        usage.limits()
                .forEach((window, limits) -> defaults.put(
                        window, limit(PREFIX + "limits." + window.segment(), limits, UsageLimit.UNLIMITED, false)));
        Map<String, Map<UsageWindow, UsageLimit>> subjects = new HashMap<>();
        usage.subjects().forEach((subject, settings) -> {
            Map<UsageWindow, UsageLimit> own = new EnumMap<>(UsageWindow.class);
            own.putAll(defaults);
            settings.limits()
                    .forEach((window, limits) -> own.put(
                            window,
                            limit(
                                    PREFIX + "subjects.[" + subject + "].limits." + window.segment(),
                                    limits,
                                    defaults.getOrDefault(window, UsageLimit.UNLIMITED),
                                    true)));
            subjects.put(subject, own);
        });
        return new UsageBudgets(usage.window(), defaults, subjects);
    }

    static long reservedTokens(Usage usage) {
        if (usage.reservedTokens() < 0) {
            throw new InvalidLlmCachePropertyException(
                    PREFIX + "reserved-tokens",
                    usage.reservedTokens(),
                    "is below zero",
                    "Write how many tokens a call takes at a guess, such as 1000, or 0 to reserve none.");
        }
        return usage.reservedTokens();
    }

    static int warnAt(Usage usage) {
        if (usage.warnAt() < 1 || usage.warnAt() > 100) {
            throw new InvalidLlmCachePropertyException(
                    PREFIX + "warn-at",
                    usage.warnAt(),
                    "is no percentage from 1 to 100",
                    "Write how many percent of a limit are used when it is warned, such as 80.");
        }
        return usage.warnAt();
    }

    private static UsageLimit limit(String property, UsageLimits limits, UsageLimit otherwise, boolean mayLift) {
        return new UsageLimit(
                counted(property + ".calls", UsageUnit.CALLS, big(limits.calls()), otherwise, mayLift),
                counted(property + ".tokens", UsageUnit.TOKENS, big(limits.tokens()), otherwise, mayLift),
                counted(property + ".cost", UsageUnit.MONEY, limits.cost(), otherwise, mayLift));
    }

    private static @Nullable BigDecimal big(@Nullable Long number) {
        return number == null ? null : BigDecimal.valueOf(number);
    }

    private static long counted(
            String property, UsageUnit unit, @Nullable BigDecimal limit, UsageLimit otherwise, boolean mayLift) {
        if (limit == null) {
            return otherwise.of(unit);
        }
        if (mayLift && limit.compareTo(BigDecimal.ONE.negate()) == 0) {
            return UsageLimit.NONE;
        }
        try {
            if (limit.signum() >= 0) {
                return unit.counted(limit);
            }
        } catch (ArithmeticException ex) {
            throw invalid(property, limit, "is more than can be counted", "Write a smaller number, or leave it out.");
        }
        throw invalid(
                property,
                limit,
                "is below zero",
                mayLift
                        ? "Write a number of zero or more, or -1 to lift the limit that everybody has."
                        : "Write a number of zero or more, or leave the property out for no limit.");
    }

    private static InvalidLlmCachePropertyException invalid(
            String property, BigDecimal limit, String problem, String action) {
        return new InvalidLlmCachePropertyException(property, limit, problem, action);
    }
}
