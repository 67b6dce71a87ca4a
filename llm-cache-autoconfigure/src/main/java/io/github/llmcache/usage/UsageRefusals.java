package io.github.llmcache.usage;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** Counts the calls that were refused in this JVM, by the limit that was reached. Thread-safe. */
public final class UsageRefusals {

    private final Map<UsageWindow, Map<UsageUnit, LongAdder>> counts = new EnumMap<>(UsageWindow.class);

    /** Begins with nothing. */
    public UsageRefusals() {
        for (UsageWindow window : UsageWindow.values()) {
            Map<UsageUnit, LongAdder> units = new EnumMap<>(UsageUnit.class);
            for (UsageUnit unit : UsageUnit.values()) {
                units.put(unit, new LongAdder());
            }
            counts.put(window, units);
        }
    }

    void count(UsageWindow window, UsageUnit unit) {
        counter(window, unit).increment();
    }

    /**
     * Tells how many calls were refused.
     *
     * @param window the limit's window
     * @param unit the limit's unit
     * @return how many since the start
     */
    public long of(UsageWindow window, UsageUnit unit) {
        return counter(window, unit).sum();
    }

    private LongAdder counter(UsageWindow window, UsageUnit unit) {
        return Objects.requireNonNull(Objects.requireNonNull(counts.get(window)).get(unit));
    }
}
