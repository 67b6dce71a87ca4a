package io.github.llmcache.autoconfigure;

import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.engine.PendingEvictions;
import io.github.llmcache.engine.PromptCallCapture;
import io.github.llmcache.event.GuardedListeners;
import io.github.llmcache.event.PromptCacheListener;
import io.github.llmcache.interceptor.EvictPromptAdvisor;
import io.github.llmcache.interceptor.EvictPromptInterceptor;
import io.github.llmcache.interceptor.EvictPromptOperationFactory;
import io.github.llmcache.interceptor.EvictPromptOperations;
import io.github.llmcache.interceptor.ResultCompletion;
import io.github.llmcache.interceptor.StageCompletion;
import io.github.llmcache.key.ArgumentEncoding;
import io.github.llmcache.key.ExplicitKeyDigest;
import io.github.llmcache.key.PromptNormalizer;
import io.github.llmcache.tier.CacheEvictor;
import io.github.llmcache.tier.CacheTier;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Role;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Auto-configuration of the {@code @EvictPrompt} advice.
 *
 * <p>{@link ResultCompletion} beans are added. What is evicted is the {@link CacheEvictor}'s; without one nothing is.
 */
@AutoConfiguration(after = LlmCacheAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = "llm-cache.enabled", matchIfMissing = true)
@ConditionalOnBean(CacheCatalog.class)
public final class LlmCacheEvictionAutoConfiguration {

    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    PendingEvictions llmCachePendingEvictions(
            ObjectProvider<CacheEvictor> evictor,
            ObjectProvider<CacheTier> tiers,
            ObjectProvider<PromptCacheListener> listeners,
            CacheCatalog catalog) {
        List<CacheTier> all = tiers.orderedStream().toList();
        return new PendingEvictions(
                evictor.getIfAvailable(() -> new NoCacheEvictor(!all.isEmpty())),
                all.isEmpty() ? "none" : all.get(all.size() - 1).name(),
                catalog::longestKept,
                new GuardedListeners(listeners.orderedStream().toList()),
                Clock.systemUTC(),
                Executors.newSingleThreadScheduledExecutor(daemons("llm-cache-evict-again-")));
    }

    @Bean
    StageCompletion llmCacheStageCompletion() {
        return new StageCompletion(evictionThreads());
    }

    @Bean
    EvictPromptOperationFactory llmCacheEvictPromptOperationFactory(
            CacheCatalog catalog,
            ArgumentEncoding encoding,
            PromptNormalizer normalizer,
            ObjectProvider<ResultCompletion> completions,
            ConfigurableBeanFactory beans) {
        return new EvictPromptOperationFactory(
                catalog,
                new ExplicitKeyDigest(encoding, normalizer),
                completions.orderedStream().toList(),
                beans);
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static EvictPromptOperations llmCacheEvictPromptOperations(ObjectProvider<EvictPromptOperationFactory> factory) {
        return new EvictPromptOperations(factory::getObject);
    }

    @Bean
    EvictPromptInterceptor llmCacheEvictPromptInterceptor(
            EvictPromptOperations operations,
            ObjectProvider<ResultCompletion> completions,
            PendingEvictions evictions,
            PromptCallCapture capture) {
        return new EvictPromptInterceptor(
                operations, completions.orderedStream().toList(), evictions, capture);
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static EvictPromptAdvisor llmCacheEvictPromptAdvisor(
            EvictPromptOperations operations, ObjectProvider<EvictPromptInterceptor> interceptor) {
        return new EvictPromptAdvisor(operations, interceptor::getObject);
    }

    /** A few threads that are there only while asynchronous methods evict. */
    private static ExecutorService evictionThreads() {
        ThreadPoolExecutor threads = new ThreadPoolExecutor(
                4, 4, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), daemons("llm-cache-evict-"));
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    private static ThreadFactory daemons(String prefix) {
        CustomizableThreadFactory threads = new CustomizableThreadFactory(prefix);
        threads.setDaemon(true);
        return threads;
    }
}
