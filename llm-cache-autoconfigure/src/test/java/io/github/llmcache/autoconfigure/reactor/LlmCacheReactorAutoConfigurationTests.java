package io.github.llmcache.autoconfigure.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llmcache.annotation.CachedPrompt;
import io.github.llmcache.interceptor.InvalidCachedPromptException;
import io.github.llmcache.interceptor.ReturnStyle;
import io.github.llmcache.reactor.FluxReturn;
import io.github.llmcache.reactor.MonoReturn;
import io.github.llmcache.testing.CacheApplication;
import io.github.llmcache.testing.RealRedis;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class LlmCacheReactorAutoConfigurationTests {

    private final ApplicationContextRunner application = CacheApplication.on(RealRedis.shared())
            .withConfiguration(AutoConfigurations.of(LlmCacheReactorAutoConfiguration.class));

    public static class Plain {
        @CachedPrompt
        public String ask(String prompt) {
            return "answer";
        }
    }

    static class OfAnything {
        @CachedPrompt
        public Flux<?> ask(String prompt) {
            return Flux.empty();
        }
    }

    @SuppressWarnings("rawtypes")
    static class OfNothingSaid {
        @CachedPrompt
        public Flux ask(String prompt) {
            return Flux.empty();
        }
    }

    static class OfNothing {
        @CachedPrompt
        public Mono<Void> ask(String prompt) {
            return Mono.empty();
        }
    }

    static class OfStreams {
        @CachedPrompt
        public Mono<Flux<String>> ask(String prompt) {
            return Mono.empty();
        }
    }

    static class OfSomeKind {
        @CachedPrompt
        public Publisher<String> ask(String prompt) {
            return Mono.empty();
        }
    }

    static class Streaming {
        @CachedPrompt
        public Flux<String> ask(String prompt) {
            return Flux.empty();
        }
    }

    @Test
    void it_is_found_by_boot() {
        assertThat(ImportCandidates.load(
                        org.springframework.boot.autoconfigure.AutoConfiguration.class,
                        getClass().getClassLoader()))
                .contains(LlmCacheReactorAutoConfiguration.class.getName());
    }

    @Test
    void both_kinds_of_publishers_are_known_where_reactor_is_there() {
        application.run(
                context -> assertThat(context).hasSingleBean(MonoReturn.class).hasSingleBean(FluxReturn.class));
    }

    @Test
    void without_reactor_all_else_works() {
        application
                .withClassLoader(new FilteredClassLoader(Mono.class, Flux.class))
                .withBean(Plain.class)
                .run(context -> {
                    assertThat(context).hasNotFailed().doesNotHaveBean(ReturnStyle.class);
                    assertThat(context.getBean(Plain.class).ask("a question")).isEqualTo("answer");
                });
    }

    @Test
    void without_the_cache_the_styles_are_gone_too() {
        application
                .withPropertyValues("llm-cache.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(ReturnStyle.class));
    }

    @Test
    void a_style_of_the_applications_own_stands_in_for_the_librarys() {
        application.withBean("own", FluxReturn.class).run(context -> assertThat(context)
                .hasSingleBean(FluxReturn.class)
                .hasBean("own"));
    }

    @ParameterizedTest
    @ValueSource(classes = {OfAnything.class, OfNothingSaid.class, OfNothing.class, OfStreams.class, OfSomeKind.class})
    void publishers_of_what_can_not_be_kept_fail_the_start(Class<?> bean) {
        application.withBean(bean).run(context -> assertThat(context)
                .getFailure()
                .rootCause()
                .satisfiesAnyOf(
                        failure -> assertThat(failure).isInstanceOf(InvalidCachedPromptException.class),
                        failure -> assertThat(failure)
                                .isInstanceOf(io.github.llmcache.payload.UnsupportedPayloadException.class)));
    }

    @Test
    void without_the_styles_a_flux_fails_the_start_with_the_reason() {
        CacheApplication.on(RealRedis.shared())
                .withBean(Streaming.class)
                .run(context -> assertThat(context).getFailure().hasStackTraceContaining("only once"));
    }
}
