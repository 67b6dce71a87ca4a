package io.github.llmcache.engine;

import io.github.llmcache.model.ModelConfigRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * How calls share the model, what guards it, and what the caches do.
 *
 * @param singleFlight whether equal calls wait for one call of the model
 * @param maxWait how long a call waits for another one's answer before it asks the model itself, positive
 * @param maxConcurrentRefreshes how many calls of the model there may be in the background at a time, at least 0
 * @param guards asked in this order before the model is
 * @param modes what each cache does at the moment
 * @param context what belongs to a caller's thread and is carried to others
 * @param admission which answers are stored
 * @param models knows what the models' tokens cost and how long their answers are kept
 * @param subject tells whose usage calls are that do not say so themselves
 */
public record EngineOptions(
        boolean singleFlight,
        Duration maxWait,
        int maxConcurrentRefreshes,
        List<LoadGuard> guards,
        CacheModes modes,
        LoadContext context,
        AdmissionPolicy admission,
        ModelConfigRegistry models,
        CallSubject subject) {

    /** Whole answers alone, in all caches. */
    private static final AdmissionPolicy WHOLE_ANSWERS =
            new CompleteAnswers(new CacheCatalog(CacheSettings.DEFAULTS, Map.of()));

    /** Calls share, wait for 30 seconds, and are not guarded; all caches are on. */
    public static final EngineOptions DEFAULTS =
            new EngineOptions(true, Duration.ofSeconds(30), 8, List.of(), CacheModes.ON, LoadContext.NONE);

    /**
     * Creates options by which whole answers alone are stored, of models without prices.
     *
     * @param singleFlight whether equal calls wait for one call of the model
     * @param maxWait how long a call waits for another one's answer before it asks the model itself, positive
     * @param maxConcurrentRefreshes how many calls of the model there may be in the background at a time, at least 0
     * @param guards asked in this order before the model is
     * @param modes what each cache does at the moment
     * @param context what belongs to a caller's thread and is carried to others
     */
    public EngineOptions(
            boolean singleFlight,
            Duration maxWait,
            int maxConcurrentRefreshes,
            List<LoadGuard> guards,
            CacheModes modes,
            LoadContext context) {
        this(
                singleFlight,
                maxWait,
                maxConcurrentRefreshes,
                guards,
                modes,
                context,
                WHOLE_ANSWERS,
                ModelConfigRegistry.of(List.of()));
    }

    /**
     * Creates options by which usage is nobody's.
     *
     * @param singleFlight whether equal calls wait for one call of the model
     * @param maxWait how long a call waits for another one's answer before it asks the model itself, positive
     * @param maxConcurrentRefreshes how many calls of the model there may be in the background at a time, at least 0
     * @param guards asked in this order before the model is
     * @param modes what each cache does at the moment
     * @param context what belongs to a caller's thread and is carried to others
     * @param admission which answers are stored
     * @param models knows what the models' tokens cost and how long their answers are kept
     */
    public EngineOptions(
            boolean singleFlight,
            Duration maxWait,
            int maxConcurrentRefreshes,
            List<LoadGuard> guards,
            CacheModes modes,
            LoadContext context,
            AdmissionPolicy admission,
            ModelConfigRegistry models) {
        this(
                singleFlight,
                maxWait,
                maxConcurrentRefreshes,
                guards,
                modes,
                context,
                admission,
                models,
                CallSubject.NONE);
    }

    /** Copies the guards. */
    public EngineOptions {
        guards = List.copyOf(guards);
    }
}
