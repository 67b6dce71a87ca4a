package io.github.llmcache.autoconfigure.actuate;

import io.github.llmcache.actuate.AuditedOperations;
import org.springframework.boot.actuate.audit.listener.AuditApplicationEvent;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;

/** Wires the audit of what the application does by {@code PromptCacheOperations}, where Actuator is there. */
@AutoConfiguration
@ConditionalOnClass(AuditApplicationEvent.class)
@ConditionalOnBooleanProperty(name = "llm-cache.enabled", matchIfMissing = true)
public final class LlmCacheAuditAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    AuditedOperations llmCacheAuditedOperations(ApplicationEventPublisher publisher) {
        return new AuditedOperations(publisher);
    }
}
