package io.github.llmcache.autoconfigure.actuate;

import io.github.llmcache.actuate.LlmCacheUsageEndpoint;
import io.github.llmcache.actuate.UsageReports;
import io.github.llmcache.autoconfigure.LlmCacheProperties;
import io.github.llmcache.autoconfigure.usage.LlmCacheUsageAutoConfiguration;
import io.github.llmcache.usage.UsageBudgets;
import io.github.llmcache.usage.UsageReport;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;

/** Wires the endpoint {@code llmcacheusage} where it is exposed and usage is counted. */
@AutoConfiguration(after = LlmCacheUsageAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnAvailableEndpoint(LlmCacheUsageEndpoint.class)
@EnableConfigurationProperties({LlmCacheEndpointProperties.class, LlmCacheProperties.class})
public final class LlmCacheUsageEndpointAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnBean({UsageBudgets.class, UsageReport.class})
    LlmCacheUsageEndpoint llmCacheUsageEndpoint(
            UsageBudgets budgets,
            UsageReport report,
            LlmCacheProperties settings,
            ApplicationEventPublisher publisher,
            LlmCacheEndpointProperties properties) {
        return new LlmCacheUsageEndpoint(
                new UsageReports(budgets, report, settings.usage().zone(), publisher),
                properties.getShowValues(),
                properties.getRoles());
    }
}
