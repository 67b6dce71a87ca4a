package io.github.llmcache.autoconfigure;

import java.util.Arrays;
import java.util.List;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * Finds environment variables that look like settings and are none.
 *
 * <p>Boot reads {@code LLM_CACHE_TTL} for {@code llm-cache.ttl}, but below a map only names without the dash's
 * underscore: {@code LLMCACHE_CACHES_FAQ_TTL}.
 */
final class EnvironmentNames {

    private EnvironmentNames() {}

    static List<String> thatAreNotRead(Environment environment) {
        PropertySource<?> variables = environment instanceof ConfigurableEnvironment configurable
                ? configurable.getPropertySources().get(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME)
                : null;
        if (!(variables instanceof EnumerablePropertySource<?> source)) {
            return List.of();
        }
        return Arrays.stream(source.getPropertyNames())
                .filter(name -> name.startsWith("LLM_CACHE_CACHES_") || name.startsWith("LLM_CACHE_MODELS_"))
                .sorted()
                .toList();
    }
}
