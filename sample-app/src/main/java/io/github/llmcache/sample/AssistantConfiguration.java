package io.github.llmcache.sample;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.service.AiServices;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Makes the assistant a bean, so that the cache sees its calls. */
@Configuration(proxyBeanMethods = false)
class AssistantConfiguration {

    @Bean
    Assistant assistant(ChatModel model) {
        return AiServices.create(Assistant.class, model);
    }
}
