package io.github.llmcache.usage;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a subject's counters say.
 *
 * @param refusal the limit that was reached, for which nothing was added, or null
 * @param windows the counters of each window that was asked for, after what was added
 */
public record UsageReading(@Nullable Refusal refusal, Map<UsageWindow, WindowReading> windows) {

    /**
     * A limit that is reached; of several that of the longest window.
     *
     * @param window its window
     * @param unit its unit
     */
    public record Refusal(UsageWindow window, UsageUnit unit) {}
}
