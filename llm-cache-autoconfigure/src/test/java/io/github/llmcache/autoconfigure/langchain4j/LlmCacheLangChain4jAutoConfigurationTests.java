package io.github.llmcache.autoconfigure.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.service.AiServices;
import io.github.llmcache.autoconfigure.PromptCallObserverAutoConfiguration;
import io.github.llmcache.engine.PromptCallObserver;
import io.github.llmcache.interceptor.PromptMethodDialect;
import io.github.llmcache.interceptor.ReturnStyle;
import io.github.llmcache.key.ArgumentEncoder;
import io.github.llmcache.key.CanonicalWriter;
import io.github.llmcache.langchain4j.AiServicePayloadCodecs;
import io.github.llmcache.langchain4j.ChatMessageEncoder;
import io.github.llmcache.langchain4j.LangChain4jDialect;
import io.github.llmcache.langchain4j.LangChain4jPayloadCodecs;
import io.github.llmcache.langchain4j.TokenStreamReturn;
import io.github.llmcache.payload.PayloadCodecFactory;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

class LlmCacheLangChain4jAutoConfigurationTests {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    PromptCallObserverAutoConfiguration.class, LlmCacheLangChain4jAutoConfiguration.class));

    @Configuration(proxyBeanMethods = false)
    static class OwnBeans {

        @Bean
        ChatMessageEncoder ownEncoder() {
            return new ChatMessageEncoder();
        }

        @Bean
        LangChain4jPayloadCodecs ownCodecs() {
            return new LangChain4jPayloadCodecs();
        }

        @Bean
        AiServicePayloadCodecs ownServiceCodecs() {
            return new AiServicePayloadCodecs();
        }

        @Bean
        LangChain4jDialect ownDialect() {
            return new LangChain4jDialect();
        }

        @Bean
        TokenStreamReturn ownStreams(PromptCallObserver observer) {
            return new TokenStreamReturn(observer);
        }
    }

    static final class AnotherEncoder implements ArgumentEncoder {
        @Override
        public boolean supports(Class<?> type) {
            return false;
        }

        @Override
        public void encode(Object value, CanonicalWriter out) {
            throw new IllegalStateException();
        }
    }

    @Test
    void everything_is_there_where_langchain4j_is() {
        runner.run(context -> {
            assertThat(context).hasSingleBean(ChatMessageEncoder.class);
            assertThat(context).hasSingleBean(LangChain4jPayloadCodecs.class);
            assertThat(context).hasSingleBean(AiServicePayloadCodecs.class);
            assertThat(context).hasSingleBean(LangChain4jDialect.class);
            assertThat(context).hasSingleBean(TokenStreamReturn.class);
        });
    }

    @Test
    void the_beans_are_infrastructure() {
        runner.run(context -> {
            for (String name : context.getBeanFactory().getBeanNamesForType(PayloadCodecFactory.class)) {
                assertThat(context.getBeanFactory().getBeanDefinition(name).getRole())
                        .isEqualTo(BeanDefinition.ROLE_INFRASTRUCTURE);
            }
        });
    }

    @Test
    void nothing_is_there_without_langchain4j() {
        runner.withClassLoader(new FilteredClassLoader("dev.langchain4j")).run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(context).doesNotHaveBean(LlmCacheLangChain4jAutoConfiguration.class);
            assertThat(context).doesNotHaveBean(ArgumentEncoder.class);
            assertThat(context).doesNotHaveBean(PayloadCodecFactory.class);
            assertThat(context).doesNotHaveBean(PromptMethodDialect.class);
        });
    }

    @Test
    void the_types_of_models_work_without_ai_services() {
        runner.withClassLoader(new FilteredClassLoader(AiServices.class.getPackageName()))
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(context).hasSingleBean(ChatMessageEncoder.class);
                    assertThat(context).hasSingleBean(LangChain4jPayloadCodecs.class);
                    assertThat(context).doesNotHaveBean(AiServicePayloadCodecs.class);
                    assertThat(context).doesNotHaveBean(PromptMethodDialect.class);
                    assertThat(context).doesNotHaveBean(ReturnStyle.class);
                });
    }

    @Test
    void nothing_is_there_where_the_cache_is_disabled() {
        runner.withPropertyValues("llm-cache.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(LlmCacheLangChain4jAutoConfiguration.class));
    }

    @Test
    void the_applications_own_beans_win_by_their_concrete_type() {
        runner.withUserConfiguration(OwnBeans.class).run(context -> {
            assertThat(context).hasSingleBean(ChatMessageEncoder.class).hasBean("ownEncoder");
            assertThat(context).hasSingleBean(LangChain4jPayloadCodecs.class).hasBean("ownCodecs");
            assertThat(context).hasSingleBean(AiServicePayloadCodecs.class).hasBean("ownServiceCodecs");
            assertThat(context).hasSingleBean(LangChain4jDialect.class).hasBean("ownDialect");
            assertThat(context).hasSingleBean(TokenStreamReturn.class).hasBean("ownStreams");
        });
    }

    @Test
    void an_encoder_of_another_kind_does_not_take_this_one_away() {
        runner.withBean(AnotherEncoder.class).run(context -> assertThat(context.getBeansOfType(ArgumentEncoder.class))
                .hasSize(3));
    }
}
