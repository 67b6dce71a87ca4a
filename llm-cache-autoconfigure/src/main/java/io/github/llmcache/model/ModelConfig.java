package io.github.llmcache.model;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is registered of a model.
 *
 * @param name the model's name, as {@code @CachedPrompt(model = ...)} names it
 * @param version the version that joins the keys of the model's answers, or null; raising it makes old answers
 *     unreachable
 */
public record ModelConfig(String name, @Nullable String version) {

    /** Checks that there is a name. */
    public ModelConfig {
        Objects.requireNonNull(name, "name");
    }
}
