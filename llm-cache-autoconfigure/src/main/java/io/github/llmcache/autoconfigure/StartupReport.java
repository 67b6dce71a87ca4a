package io.github.llmcache.autoconfigure;

import io.github.llmcache.interceptor.CachedPromptOperations;
import io.github.llmcache.tier.CacheTier;
import java.util.Collection;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;

/** Says once, when all beans are there, what a user should know of the cached methods. */
final class StartupReport implements SmartInitializingSingleton {

    private static final Log log = LogFactory.getLog(StartupReport.class);

    private final CachedPromptOperations operations;
    private final ObjectProvider<CacheTier> tiers;

    StartupReport(CachedPromptOperations operations, ObjectProvider<CacheTier> tiers) {
        this.operations = operations;
        this.tiers = tiers;
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
        if (tiers.stream().findAny().isEmpty()) {
            log.warn("There is no RedisConnectionFactory bean, so no answer is kept. Configure spring.data.redis.*, or"
                    + " set llm-cache.enabled=false.");
        }
    }
}
