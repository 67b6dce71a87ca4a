package io.github.llmcache.model;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is registered of a model.
 *
 * @param name the model's name, as {@code @CachedPrompt(model = ...)} names it
 * @param version the version that joins the keys of the model's answers, or null; raising it makes old answers
 *     unreachable
 * @param prices what its tokens cost, or null where that is not known
 */
public record ModelConfig(
        String name, @Nullable String version, @Nullable ModelPrices prices) {

    /**
     * Creates a model without prices.
     *
     * @param name the model's name
     * @param version the version that joins the keys of the model's answers, or null
     */
    public ModelConfig(String name, @Nullable String version) {
        this(name, version, null);
    }

    /** Checks that there is a name. */
    public ModelConfig {
        Objects.requireNonNull(name, "name");
    }
}
