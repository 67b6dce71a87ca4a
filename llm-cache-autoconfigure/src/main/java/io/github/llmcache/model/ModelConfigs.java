package io.github.llmcache.model;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads and changes what is kept of models for all applications that share it, while they run.
 *
 * <pre>{@code
 * StoredModelConfig stored = models.get("gpt-4o").orElseThrow();
 * models.put(new ModelConfig("gpt-4o", "2026-05"), stored.revision());
 * }</pre>
 *
 * <p>Implementations are thread-safe. A change counts in the JVM that makes it when the method returns, and in the others
 * within a second. Each method throws a {@link ModelConfigException} where the store does not do what is asked; a
 * change that was broken off may have been made all the same.
 */
public interface ModelConfigs {

    /**
     * Reads what is kept of a model.
     *
     * @param name the model's name
     * @return what is kept, or empty
     */
    Optional<StoredModelConfig> get(String name);

    /**
     * Reads what is kept of all models: for people, since it searches for them.
     *
     * @return the models in the order of their names
     */
    List<StoredModelConfig> all();

    /**
     * Keeps something of a model, unless somebody else has changed it since it was read.
     *
     * @param config all that is to be kept; what is left out is as the settings of each application say
     * @param revision the revision that was read, or null where there was nothing
     * @return what is kept now
     * @throws ModelConfigConflictException if it has another revision, or is there against expectation
     * @throws IllegalArgumentException if the name is blank
     */
    StoredModelConfig put(ModelConfig config, @Nullable String revision);

    /**
     * Forgets what is kept of a model, unless somebody else has changed it since it was read: the settings of each
     * application count again, their version included.
     *
     * @param name the model's name
     * @param revision the revision that was read
     * @throws ModelConfigConflictException if it has another revision, or is not there
     */
    void delete(String name, String revision);
}
