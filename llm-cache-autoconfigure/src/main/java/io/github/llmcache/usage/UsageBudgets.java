package io.github.llmcache.usage;

import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * How much everybody may use in each window that is counted.
 *
 * <p>Immutable and thread-safe.
 */
public final class UsageBudgets {

    private final UsageWindow first;
    private final Map<UsageWindow, UsageLimit> defaults;
    private final Map<String, Map<UsageWindow, UsageLimit>> subjects = new HashMap<>();

    /**
     * Creates the budgets.
     *
     * @param first the window that is always counted, under the plain keys
     * @param defaults the limits of everybody who has none of his own
     * @param subjects all limits of those who have some of their own
     */
    public UsageBudgets(
            UsageWindow first,
            Map<UsageWindow, UsageLimit> defaults,
            Map<String, Map<UsageWindow, UsageLimit>> subjects) {
        this.first = first;
        Map<UsageWindow, UsageLimit> counted = new EnumMap<>(UsageWindow.class);
        counted.put(first, UsageLimit.UNLIMITED);
        subjects.values()
                .forEach(limits -> limits.keySet().forEach(window -> counted.put(window, UsageLimit.UNLIMITED)));
        counted.putAll(defaults);
        this.defaults = Collections.unmodifiableMap(counted);
        subjects.forEach((subject, limits) -> {
            Map<UsageWindow, UsageLimit> own = new EnumMap<>(UsageWindow.class);
            counted.keySet().forEach(window -> own.put(window, UsageLimit.UNLIMITED));
            own.putAll(limits);
            this.subjects.put(subject, Collections.unmodifiableMap(own));
        });
    }

    /** The window that has the plain keys. */
    public UsageWindow first() {
        return first;
    }

    /** All windows that are counted, the shortest first. */
    public Set<UsageWindow> windows() {
        return defaults.keySet();
    }

    /** The limits of everybody who has none of his own, in all windows that are counted, the shortest first. */
    public Map<UsageWindow, UsageLimit> defaults() {
        return defaults;
    }

    /** Those who have limits of their own. */
    public Set<String> subjects() {
        return Collections.unmodifiableSet(subjects.keySet());
    }

    /**
     * Tells whether anybody has a limit.
     *
     * @param window in which window
     * @param unit of what
     * @return whether there is such a limit
     */
    public boolean isLimited(UsageWindow window, UsageUnit unit) {
        return Stream.concat(Stream.of(defaults), subjects.values().stream())
                .map(limits -> limits.getOrDefault(window, UsageLimit.UNLIMITED))
                .anyMatch(limit -> limit.of(unit) != UsageLimit.NONE);
    }

    /**
     * Tells the limits of a subject.
     *
     * @param subject whose
     * @return the limits in all windows that are counted, the shortest first
     */
    public Map<UsageWindow, UsageLimit> of(String subject) {
        return subjects.getOrDefault(subject, defaults);
    }
}
