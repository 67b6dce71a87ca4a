package io.github.llmcache.autoconfigure.web;

import io.github.llmcache.autoconfigure.LlmCacheAutoConfiguration;
import io.github.llmcache.autoconfigure.LlmCacheProperties;
import io.github.llmcache.autoconfigure.LlmCacheProperties.Web;
import io.github.llmcache.autoconfigure.LlmCacheProperties.Web.Directive;
import io.github.llmcache.engine.PromptCallDirectives;
import io.github.llmcache.engine.PromptCallObserver;
import io.github.llmcache.web.AllowedDirectives;
import io.github.llmcache.web.NotCachedExceptionResolver;
import io.github.llmcache.web.PromptCacheFilter;
import jakarta.servlet.Filter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.autoconfigure.condition.OnPropertyListCondition;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * Auto-configuration of what requests to a Spring MVC application may ask of the cache and are told, where {@code
 * llm-cache.web.directives} names a directive or {@code llm-cache.web.outcome-header} is true.
 */
@AutoConfiguration(after = LlmCacheAutoConfiguration.class)
@ConditionalOnWebApplication(type = Type.SERVLET)
@ConditionalOnClass({Filter.class, OncePerRequestFilter.class, FilterRegistrationBean.class})
@ConditionalOnBooleanProperty(name = "llm-cache.enabled", matchIfMissing = true)
@Conditional(LlmCacheWebAutoConfiguration.WebMapping.class)
public final class LlmCacheWebAutoConfiguration {

    /** Inside of Spring Security, whose filter stands at -100. */
    private static final int ORDER = 0;

    @Bean
    @ConditionalOnMissingBean
    PromptCacheFilter llmCacheFilter(
            LlmCacheProperties properties, PromptCallDirectives directives, PromptCallObserver observer) {
        Web web = properties.web();
        return new PromptCacheFilter(
                directives,
                observer,
                new AllowedDirectives(
                        web.directives().contains(Directive.NO_CACHE),
                        web.directives().contains(Directive.NO_STORE),
                        web.directives().contains(Directive.ONLY_IF_CACHED),
                        web.directives().contains(Directive.MAX_AGE)),
                web.outcomeHeader());
    }

    @Bean
    @ConditionalOnMissingBean(name = "llmCacheFilterRegistration")
    FilterRegistrationBean<PromptCacheFilter> llmCacheFilterRegistration(PromptCacheFilter filter) {
        FilterRegistrationBean<PromptCacheFilter> registration = new FilterRegistrationBean<>(filter);
        registration.setOrder(ORDER);
        return registration;
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(HandlerExceptionResolver.class)
    static class Exceptions {

        @Bean
        @ConditionalOnMissingBean
        NotCachedExceptionResolver llmCacheNotCachedExceptionResolver() {
            return new NotCachedExceptionResolver();
        }
    }

    /** Anything of the mapping is asked for. */
    static final class WebMapping extends AnyNestedCondition {

        WebMapping() {
            super(ConfigurationPhase.PARSE_CONFIGURATION);
        }

        @Conditional(NamesDirectives.class)
        static final class Directives {}

        @ConditionalOnBooleanProperty("llm-cache.web.outcome-header")
        static final class OutcomeHeader {}
    }

    /** A directive is named, in whatever notation of a list. */
    static final class NamesDirectives extends OnPropertyListCondition {

        NamesDirectives() {
            super("llm-cache.web.directives", () -> ConditionMessage.forCondition("Directives of requests"));
        }
    }
}
