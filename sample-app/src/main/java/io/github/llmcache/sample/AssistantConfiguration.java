package io.github.llmcache.sample;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.service.AiServices;
import io.github.llmcache.langchain4j.memory.RedisChatMemories;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Makes the services beans, so that the cache sees their calls. */
@Configuration(proxyBeanMethods = false)
class AssistantConfiguration {

    @Bean
    Assistant assistant(@Qualifier("chatModel") ChatModel model) {
        return AiServices.create(Assistant.class, model);
    }

    /** The model once more: application.yml names this bean to be cached as it is, by the whole of each request. */
    @Bean
    ChatModel conversationModel(@Qualifier("chatModel") ChatModel model) {
        return model;
    }

    @Bean
    Conversations conversations(@Qualifier("conversationModel") ChatModel model, RedisChatMemories memories) {
        return AiServices.builder(Conversations.class)
                .chatModel(model)
                .chatMemoryProvider(memories::of)
                .build();
    }
}
