package io.github.llmcache.autoconfigure.context;

import io.github.llmcache.autoconfigure.LlmCacheAutoConfiguration;
import io.github.llmcache.context.MdcLoadContext;
import io.github.llmcache.context.SecurityLoadContext;
import io.github.llmcache.context.SnapshotLoadContext;
import io.micrometer.context.ContextSnapshotFactory;
import org.slf4j.MDC;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.security.concurrent.DelegatingSecurityContextRunnable;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextHolderStrategy;

/**
 * Auto-configuration of what is carried of a caller's thread to the threads that call the model for it: the observation, who
 * is logged in, and the diagnostic context, each where its library is there.
 */
@AutoConfiguration(after = LlmCacheAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = "llm-cache.enabled", matchIfMissing = true)
public final class LlmCacheContextAutoConfiguration {

    /**
     * Before what is carried by Micrometer, and so inside of it: Spring Security registers itself there with the caller's own
     * context, which a logout empties, and not with a copy.
     */
    private static final int INSIDE = 0;

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ContextSnapshotFactory.class)
    static class Snapshots {

        @Bean
        @ConditionalOnMissingBean
        SnapshotLoadContext llmCacheSnapshotLoadContext(ObjectProvider<ContextSnapshotFactory> snapshots) {
            return new SnapshotLoadContext(snapshots.getIfUnique(
                    () -> ContextSnapshotFactory.builder().clearMissing(true).build()));
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(DelegatingSecurityContextRunnable.class)
    static class Security {

        @Bean
        @ConditionalOnMissingBean
        @Order(INSIDE)
        SecurityLoadContext llmCacheSecurityLoadContext(ObjectProvider<SecurityContextHolderStrategy> strategies) {
            return new SecurityLoadContext(
                    () -> strategies.getIfUnique(SecurityContextHolder::getContextHolderStrategy));
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(MDC.class)
    static class DiagnosticContext {

        @Bean
        @ConditionalOnMissingBean
        @Order(INSIDE)
        MdcLoadContext llmCacheMdcLoadContext() {
            return new MdcLoadContext();
        }
    }
}
