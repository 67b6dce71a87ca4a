package io.github.llmcache.autoconfigure;

import io.github.llmcache.interceptor.CachedPromptOperations;
import io.github.llmcache.tier.CacheTier;
import java.util.Collection;
import java.util.List;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.core.env.Environment;

/** Says once, when all beans are there, what a user should know of the cached methods. */
final class StartupReport implements SmartInitializingSingleton {

    private static final Log log = LogFactory.getLog(StartupReport.class);

    private final CachedPromptOperations operations;
    private final ObjectProvider<CacheTier> tiers;
    private final Environment environment;

    StartupReport(CachedPromptOperations operations, ObjectProvider<CacheTier> tiers, Environment environment) {
        this.operations = operations;
        this.tiers = tiers;
        this.environment = environment;
    }

    @Override
    public void afterSingletonsInstantiated() {
        Collection<String> leftOut = operations.leftOut();
        if (!leftOut.isEmpty()) {
            log.info("Not cached, although @CachedPrompt stands on their type: " + String.join("; ", leftOut));
        }
        Collection<String> withoutModel = operations.withoutModel();
        if (!withoutModel.isEmpty()) {
            log.warn("Cached without a model in the key: " + String.join(", ", withoutModel)
                    + ". A model or system text that is set inside a method can't be seen by the cache, so changing it"
                    + " serves old answers. Name it with @CachedPrompt(model = ...), or set llm-cache.default-model.");
        }
        List<String> lost = EnvironmentNames.thatAreNotRead(environment);
        if (!lost.isEmpty()) {
            log.warn("Not read, because an environment variable has no dashes: " + String.join(", ", lost)
                    + ". Write LLMCACHE_CACHES_... and LLMCACHE_MODELS_... for settings of single caches and models.");
        }
        if (tiers.stream().findAny().isEmpty()) {
            log.warn("There is no RedisConnectionFactory bean, so no answer is kept. Configure spring.data.redis.*, or"
                    + " set llm-cache.enabled=false.");
        }
    }
}
