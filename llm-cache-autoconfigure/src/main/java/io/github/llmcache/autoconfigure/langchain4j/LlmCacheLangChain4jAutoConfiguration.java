package io.github.llmcache.autoconfigure.langchain4j;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.service.AiServices;
import io.github.llmcache.autoconfigure.PromptCallObserverAutoConfiguration;
import io.github.llmcache.engine.PromptCallObserver;
import io.github.llmcache.langchain4j.AiServicePayloadCodecs;
import io.github.llmcache.langchain4j.ChatMessageEncoder;
import io.github.llmcache.langchain4j.ChatRequestEncoder;
import io.github.llmcache.langchain4j.LangChain4jDialect;
import io.github.llmcache.langchain4j.LangChain4jPayloadCodecs;
import io.github.llmcache.langchain4j.TokenStreamReturn;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;

/**
 * Lets cached methods take and return LangChain4j's types, and reads its annotations on AI services.
 *
 * <p>The types need {@code langchain4j-core}; AI services need {@code langchain4j} besides. Each bean gives way to one of
 * its type that the application has.
 */
@AutoConfiguration(after = PromptCallObserverAutoConfiguration.class)
@ConditionalOnClass(ChatModel.class)
@ConditionalOnProperty(name = "llm-cache.enabled", matchIfMissing = true)
@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
public final class LlmCacheLangChain4jAutoConfiguration {

    /** Creates the auto-configuration. */
    public LlmCacheLangChain4jAutoConfiguration() {}

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    @ConditionalOnMissingBean
    ChatMessageEncoder llmCacheChatMessageEncoder() {
        return new ChatMessageEncoder();
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    @ConditionalOnMissingBean
    ChatRequestEncoder llmCacheChatRequestEncoder() {
        return new ChatRequestEncoder();
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    @ConditionalOnMissingBean
    LangChain4jPayloadCodecs llmCacheLangChain4jPayloadCodecs() {
        return new LangChain4jPayloadCodecs();
    }

    /** What needs AI services, which an application that uses models alone does not have. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(AiServices.class)
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static final class AiServiceConfiguration {

        @Bean
        @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
        @ConditionalOnMissingBean
        LangChain4jDialect llmCacheLangChain4jDialect() {
            return new LangChain4jDialect();
        }

        @Bean
        @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
        @ConditionalOnMissingBean
        AiServicePayloadCodecs llmCacheAiServicePayloadCodecs() {
            return new AiServicePayloadCodecs();
        }

        @Bean
        @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
        @ConditionalOnMissingBean
        TokenStreamReturn llmCacheTokenStreamReturn(PromptCallObserver observer) {
            return new TokenStreamReturn(observer);
        }
    }
}
