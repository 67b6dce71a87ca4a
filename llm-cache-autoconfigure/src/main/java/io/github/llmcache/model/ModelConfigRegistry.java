package io.github.llmcache.model;

import java.time.Duration;
import java.util.Collection;
import java.util.Optional;

/**
 * Knows the registered models by their names.
 *
 * <p>Implementations are thread-safe and answer from memory: they are asked on every call. A bean of this type replaces
 * the default one, which reads {@code llm-cache.models}.
 */
@FunctionalInterface
public interface ModelConfigRegistry {

    /**
     * Finds a model.
     *
     * @param name the model's name
     * @return what is registered, or empty
     */
    Optional<ModelConfig> find(String name);

    /**
     * Tells whether what {@link #find} says of a model is what is registered of it, and not a guess before that was read.
     * Calls that name a model of which it is not known pass the cache by, since its answers may be those of an old version.
     *
     * @param name the model's name
     * @return true by default; once true, it stays so
     */
    default boolean isKnown(String name) {
        return true;
    }

    /**
     * Tells how long answers of any model are kept by the TTLs that are registered, or were since the application began: for so
     * long an eviction that fails is tried again.
     *
     * @return the longest TTL of a model, or zero where none has one; zero by default
     */
    default Duration longestTtl() {
        return Duration.ZERO;
    }

    /**
     * Makes a registry that never changes.
     *
     * @param models the models; no two of one name
     * @return the registry
     */
    static ModelConfigRegistry of(Collection<ModelConfig> models) {
        return new FixedModelConfigs(models);
    }
}
