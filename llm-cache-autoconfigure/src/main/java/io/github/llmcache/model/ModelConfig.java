package io.github.llmcache.model;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is registered of a model.
 *
 * @param name the model's name, as {@code @CachedPrompt(model = ...)} names it
 * @param version the version that joins the keys of the model's answers, or null; raising it makes old answers
 *     unreachable
 * @param prices what its tokens cost, or null where that is not known
 * @param parameters whatever the application wants to know of the model by name, such as a temperature; the cache does
 *     not look at them, and they are in no key
 */
public record ModelConfig(
        String name, @Nullable String version, @Nullable ModelPrices prices, Map<String, String> parameters) {

    /**
     * Creates a model without prices and parameters.
     *
     * @param name the model's name
     * @param version the version that joins the keys of the model's answers, or null
     */
    public ModelConfig(String name, @Nullable String version) {
        this(name, version, null);
    }

    /**
     * Creates a model without parameters.
     *
     * @param name the model's name
     * @param version the version that joins the keys of the model's answers, or null
     * @param prices what its tokens cost, or null
     */
    public ModelConfig(String name, @Nullable String version, @Nullable ModelPrices prices) {
        this(name, version, prices, Map.of());
    }

    /** Checks that there is a name, and copies the parameters. */
    public ModelConfig {
        Objects.requireNonNull(name, "name");
        parameters = Map.copyOf(parameters);
    }
}
