package io.github.llmcache.autoconfigure.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llmcache.autoconfigure.LlmCacheAutoConfiguration;
import io.github.llmcache.autoconfigure.PromptCallObserverAutoConfiguration;
import io.github.llmcache.engine.PromptCallDirectives;
import io.github.llmcache.engine.PromptCallObserver;
import io.github.llmcache.web.AllowedDirectives;
import io.github.llmcache.web.NotCachedExceptionResolver;
import io.github.llmcache.web.PromptCacheFilter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.web.servlet.FilterRegistrationBean;

class LlmCacheWebAutoConfigurationTests {

    private static final AutoConfigurations WIRING = AutoConfigurations.of(
            AopAutoConfiguration.class,
            PromptCallObserverAutoConfiguration.class,
            LlmCacheAutoConfiguration.class,
            LlmCacheWebAutoConfiguration.class);

    private final WebApplicationContextRunner runner = new WebApplicationContextRunner().withConfiguration(WIRING);

    @Test
    void nothing_is_wired_unless_it_is_asked_for() {
        runner.run(context -> assertThat(context)
                .hasNotFailed()
                .doesNotHaveBean(PromptCacheFilter.class)
                .doesNotHaveBean(FilterRegistrationBean.class)
                .doesNotHaveBean(NotCachedExceptionResolver.class));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "llm-cache.web.directives=no-store",
                "llm-cache.web.directives[0]=max-age",
                "llm-cache.web.outcome-header=true"
            })
    void everything_is_wired_where_any_of_it_is_asked_for(String property) {
        runner.withPropertyValues(property).run(context -> assertThat(context)
                .hasSingleBean(PromptCacheFilter.class)
                .hasSingleBean(FilterRegistrationBean.class)
                .hasSingleBean(NotCachedExceptionResolver.class));
    }

    @Test
    void a_directive_that_does_not_exist_fails_the_start() {
        runner.withPropertyValues("llm-cache.web.directives=no-canary")
                .run(context -> assertThat(context).hasFailed());
    }

    @Test
    void nothing_is_wired_where_the_cache_is_switched_off_or_there_is_no_web_server() {
        String[] asked = {"llm-cache.web.outcome-header=true", "llm-cache.web.directives=no-store"};
        runner.withPropertyValues(asked)
                .withPropertyValues("llm-cache.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(PromptCacheFilter.class));
        new ApplicationContextRunner()
                .withConfiguration(WIRING)
                .withPropertyValues(asked)
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(PromptCacheFilter.class));
    }

    @Test
    void no_exception_is_resolved_without_spring_mvc() {
        runner.withClassLoader(new FilteredClassLoader("org.springframework.web.servlet"))
                .withPropertyValues("llm-cache.web.outcome-header=true")
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasSingleBean(PromptCacheFilter.class)
                        .doesNotHaveBean("llmCacheNotCachedExceptionResolver"));
    }

    @Test
    void beans_of_the_user_come_first() {
        PromptCacheFilter mine = new PromptCacheFilter(
                new PromptCallDirectives(),
                new PromptCallObserver(),
                new AllowedDirectives(false, false, false, false),
                false);
        NotCachedExceptionResolver mineToo = new NotCachedExceptionResolver();
        runner.withPropertyValues("llm-cache.web.outcome-header=true")
                .withBean("mine", PromptCacheFilter.class, () -> mine)
                .withBean("mineToo", NotCachedExceptionResolver.class, () -> mineToo)
                .run(context -> {
                    assertThat(context).getBean(PromptCacheFilter.class).isSameAs(mine);
                    assertThat(context)
                            .getBean(NotCachedExceptionResolver.class)
                            .isSameAs(mineToo);
                    assertThat(context.getBean(FilterRegistrationBean.class).getFilter())
                            .isSameAs(mine);
                });
    }
}
