package io.github.llmcache.autoconfigure.redis;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.env.Environment;

/** Says once that Boot's own caches lie in Redis, where it may have chosen so only because of this starter. */
final class RedisCacheTypeReport implements SmartInitializingSingleton {

    private static final Log log = LogFactory.getLog(RedisCacheTypeReport.class);

    private static final String BOOTS_CACHE_MANAGER = "cacheManager";
    private static final String BOOTS_CONFIGURATION =
            "org.springframework.boot.cache.autoconfigure.RedisCacheConfiguration";

    private final ConfigurableListableBeanFactory beans;
    private final Environment environment;

    RedisCacheTypeReport(ConfigurableListableBeanFactory beans, Environment environment) {
        this.beans = beans;
        this.environment = environment;
    }

    @Override
    public void afterSingletonsInstantiated() {
        if (!environment.containsProperty("spring.cache.type") && isBootsRedisCacheManager()) {
            log.warn("The application's own @Cacheable caches lie in Redis, because Redis is on the class path and"
                    + " spring.cache.type is not set. Set spring.cache.type to redis if that is meant, or to caffeine,"
                    + " simple or none. @CachedPrompt is not affected.");
        }
    }

    private boolean isBootsRedisCacheManager() {
        if (!beans.containsBeanDefinition(BOOTS_CACHE_MANAGER)) {
            return false;
        }
        BeanDefinition definition = beans.getBeanDefinition(BOOTS_CACHE_MANAGER);
        return BOOTS_CONFIGURATION.equals(definition.getFactoryBeanName())
                || String.valueOf(definition.getResourceDescription()).contains("RedisCacheConfiguration");
    }
}
