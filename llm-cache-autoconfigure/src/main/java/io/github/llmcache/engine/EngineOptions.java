package io.github.llmcache.engine;

import java.time.Duration;
import java.util.List;

/**
 * How calls share the model, what guards it, and what the caches do.
 *
 * @param singleFlight whether equal calls wait for one call of the model
 * @param maxWait how long a call waits for another one's answer before it asks the model itself, positive
 * @param maxConcurrentRefreshes how many calls of the model there may be in the background at a time, at least 0
 * @param guards asked in this order before the model is
 * @param modes what each cache does at the moment
 * @param context what belongs to a caller's thread and is carried to others
 */
public record EngineOptions(
        boolean singleFlight,
        Duration maxWait,
        int maxConcurrentRefreshes,
        List<LoadGuard> guards,
        CacheModes modes,
        LoadContext context) {

    /** Calls share, wait for 30 seconds, and are not guarded; all caches are on. */
    public static final EngineOptions DEFAULTS =
            new EngineOptions(true, Duration.ofSeconds(30), 8, List.of(), CacheModes.ON, LoadContext.NONE);

    /** Copies the guards. */
    public EngineOptions {
        guards = List.copyOf(guards);
    }
}
