package io.github.llmcache.autoconfigure;

import io.github.llmcache.autoconfigure.LlmCacheProperties.SingleFlight;
import io.github.llmcache.engine.AdmissionPolicy;
import io.github.llmcache.engine.CacheModes;
import io.github.llmcache.engine.CallSubject;
import io.github.llmcache.engine.EngineOptions;
import io.github.llmcache.engine.LoadContext;
import io.github.llmcache.engine.LoadGuard;
import io.github.llmcache.model.ModelConfigRegistry;
import java.util.List;

/** Makes the engine's options from the properties, and refuses values that can't work. */
final class EngineOptionsFactory {

    private static final String PREFIX = "llm-cache.";

    private EngineOptionsFactory() {}

    static EngineOptions create(
            LlmCacheProperties properties,
            List<LoadGuard> guards,
            CacheModes modes,
            List<LoadContext> contexts,
            AdmissionPolicy admission,
            ModelConfigRegistry models,
            CallSubject subject) {
        SingleFlight flight = properties.singleFlight();
        if (flight.maxWait().toMillis() <= 0) {
            throw new InvalidLlmCachePropertyException(
                    PREFIX + "single-flight.max-wait",
                    flight.maxWait(),
                    "is not a time above zero",
                    "Write a time such as 30s. To let no call wait for another, set llm-cache.single-flight.enabled=false.");
        }
        int refreshes = properties.refresh().maxConcurrentCalls();
        if (refreshes < 1) {
            throw new InvalidLlmCachePropertyException(
                    PREFIX + "refresh.max-concurrent-calls",
                    refreshes,
                    "is not a number above zero",
                    "Write a number such as 8. To refresh nothing, leave llm-cache.stale-while-revalidate out.");
        }
        return new EngineOptions(
                flight.enabled(),
                flight.maxWait(),
                refreshes,
                guards,
                modes,
                all(contexts),
                admission,
                models,
                subject);
    }

    private static LoadContext all(List<LoadContext> contexts) {
        return task -> {
            Runnable captured = task;
            for (LoadContext context : contexts) {
                captured = context.capture(captured);
            }
            return captured;
        };
    }
}
