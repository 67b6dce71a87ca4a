package io.github.llmcache.autoconfigure.usage;

import io.github.llmcache.autoconfigure.LlmCacheAutoConfiguration;
import io.github.llmcache.autoconfigure.LlmCacheProperties;
import io.github.llmcache.autoconfigure.bulkhead.LlmCacheBulkheadAutoConfiguration;
import io.github.llmcache.autoconfigure.redis.KeyPrefix;
import io.github.llmcache.autoconfigure.redis.LlmCacheRedisAutoConfiguration;
import io.github.llmcache.autoconfigure.redis.UsersConnectionFactory;
import io.github.llmcache.context.SecuritySubject;
import io.github.llmcache.engine.CallSubject;
import io.github.llmcache.model.ModelConfigRegistry;
import io.github.llmcache.redis.CacheConnection;
import io.github.llmcache.redis.RedisKeys;
import io.github.llmcache.redis.RedisUsageStore;
import io.github.llmcache.usage.HitUsage;
import io.github.llmcache.usage.ResolvedSubject;
import io.github.llmcache.usage.UsageBudgets;
import io.github.llmcache.usage.UsageGuard;
import io.github.llmcache.usage.UsageLedger;
import io.github.llmcache.usage.UsageStore;
import io.github.llmcache.usage.UsageSubjectResolver;
import io.github.llmcache.usage.UsageWarningListener;
import io.github.llmcache.usage.UsageWarnings;
import java.time.Clock;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextHolderStrategy;

/**
 * Auto-configuration of usage counters and budgets, where limits are set or {@code llm-cache.usage.enabled=true}.
 *
 * <p>After the limit on concurrent calls, so that what waits there has nothing reserved.
 */
@AutoConfiguration(
        after = {
            LlmCacheAutoConfiguration.class,
            LlmCacheRedisAutoConfiguration.class,
            LlmCacheBulkheadAutoConfiguration.class
        })
@ConditionalOnBooleanProperty(name = "llm-cache.enabled", matchIfMissing = true)
@Conditional(OnUsageCondition.class)
public final class LlmCacheUsageAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    UsageBudgets llmCacheUsageBudgets(LlmCacheProperties properties) {
        return UsageBudgetsFactory.create(properties.usage());
    }

    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean(UsageStore.class)
    RedisUsageStore llmCacheUsageStore(
            LlmCacheProperties properties,
            UsageBudgets budgets,
            BeanFactory beans,
            Environment environment,
            ObjectProvider<CacheConnection> ofAnswers,
            ObjectProvider<RedisKeys> keys) {
        CacheConnection answers = ofAnswers.getIfAvailable();
        CacheConnection connection = UsersConnectionFactory.connectionOfState(properties, beans, answers);
        return new RedisUsageStore(
                connection,
                connection != answers,
                keys.getIfAvailable(() -> new RedisKeys(KeyPrefix.of(properties, environment))),
                budgets.first());
    }

    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    UsageWarnings llmCacheUsageWarnings(LlmCacheProperties properties, ObjectProvider<UsageWarningListener> listeners) {
        return new UsageWarnings(
                UsageBudgetsFactory.warnAt(properties.usage()),
                // Listeners may use what asks models themselves, so they are looked up late.
                () -> listeners.orderedStream().toList(),
                Clock.systemUTC());
    }

    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    UsageLedger llmCacheUsageLedger(
            UsageStore store, UsageBudgets budgets, LlmCacheProperties properties, UsageWarnings warnings) {
        return new UsageLedger(
                store,
                budgets,
                properties.usage().onRedisDown(),
                properties.usage().zone(),
                Clock.systemUTC(),
                warnings);
    }

    @Bean
    @ConditionalOnMissingBean
    UsageGuard llmCacheUsageGuard(UsageLedger ledger, ModelConfigRegistry models, LlmCacheProperties properties) {
        return new UsageGuard(ledger, models, UsageBudgetsFactory.reservedTokens(properties.usage()));
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnBooleanProperty(name = "llm-cache.usage.count-hits")
    HitUsage llmCacheHitUsage(UsageLedger ledger) {
        return new HitUsage(ledger);
    }

    @Bean
    @ConditionalOnMissingBean
    CallSubject llmCacheCallSubject(ObjectProvider<UsageSubjectResolver> resolvers, LlmCacheProperties properties) {
        return new ResolvedSubject(
                resolvers.orderedStream().toList(), properties.usage().sharedSubject());
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(SecurityContextHolder.class)
    static class Security {

        @Bean
        @ConditionalOnMissingBean(UsageSubjectResolver.class)
        SecuritySubject llmCacheSecuritySubject(ObjectProvider<SecurityContextHolderStrategy> strategies) {
            return new SecuritySubject(() -> strategies.getIfUnique(SecurityContextHolder::getContextHolderStrategy));
        }
    }
}
