package io.github.llmcache.sample.model;

import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Sets {@code sample.model-name} to the model that answers.
 *
 * <p>The name is part of the cache's keys, which an annotation can take from a property only.
 */
class ModelNamePostProcessor implements EnvironmentPostProcessor {

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        ModelProperties properties = Binder.get(environment).bindOrCreate("sample", ModelProperties.class);
        String name = AnsweringModel.of(properties).name();
        environment
                .getPropertySources()
                .addFirst(new MapPropertySource("answering model", Map.of("sample.model-name", name)));
    }
}
