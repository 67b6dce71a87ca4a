package io.github.llmcache.usage;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** Counts what happens in this JVM by the limit that it happens to. Thread-safe. */
public final class LimitCounts {

    private final Map<UsageWindow, Map<UsageUnit, LongAdder>> counts = new EnumMap<>(UsageWindow.class);

    /** Begins with nothing. */
    public LimitCounts() {
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
     * Tells how often it happened.
     *
     * @param window the limit's window
     * @param unit the limit's unit
     * @return how often since the start
     */
    public long of(UsageWindow window, UsageUnit unit) {
        return counter(window, unit).sum();
    }

    private LongAdder counter(UsageWindow window, UsageUnit unit) {
        return Objects.requireNonNull(Objects.requireNonNull(counts.get(window)).get(unit));
    }
}
