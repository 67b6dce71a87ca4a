package io.github.llmcache.model;

import java.time.Duration;
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
 * @param ttl how long the model's answers are kept, where their methods don't say so themselves, from a millisecond to {@link
 *     #LONGEST_TTL}; or null for as long as the settings of their cache say
 */
public record ModelConfig(
        String name,
        @Nullable String version,
        @Nullable ModelPrices prices,
        Map<String, String> parameters,
        @Nullable Duration ttl) {

    /** The longest TTL that a model can have. */
    public static final Duration LONGEST_TTL = Duration.ofDays(3650);

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

    /**
     * Creates a model without a TTL.
     *
     * @param name the model's name
     * @param version the version that joins the keys of the model's answers, or null
     * @param prices what its tokens cost, or null
     * @param parameters whatever the application wants to know of the model
     */
    public ModelConfig(
            String name, @Nullable String version, @Nullable ModelPrices prices, Map<String, String> parameters) {
        this(name, version, prices, parameters, null);
    }

    /**
     * Checks that there is a name and that the TTL can be one, and copies the parameters.
     *
     * @throws IllegalArgumentException if the TTL is shorter or longer than it can be
     */
    public ModelConfig {
        Objects.requireNonNull(name, "name");
        parameters = Map.copyOf(parameters);
        if (ttl != null && !isTtl(ttl)) {
            throw new IllegalArgumentException(
                    "A model's TTL is from one millisecond to " + LONGEST_TTL.toDays() + " days, not " + ttl);
        }
    }

    /**
     * Tells whether a model can have a TTL.
     *
     * @param ttl the TTL
     * @return whether it is from one millisecond to {@link #LONGEST_TTL}
     */
    public static boolean isTtl(Duration ttl) {
        return ttl.compareTo(Duration.ofMillis(1)) >= 0 && ttl.compareTo(LONGEST_TTL) <= 0;
    }
}
