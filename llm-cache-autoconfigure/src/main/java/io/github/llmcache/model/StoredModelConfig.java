package io.github.llmcache.model;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a model for all applications, as it was read.
 *
 * @param name the model's name
 * @param revision names this very state: it is another one as soon as anything is changed, by whomever
 * @param config what is kept, without what the settings of an application add; null where it can't be read, being damaged,
 *     written by a newer release, or no string, which has to be deleted by hand
 */
public record StoredModelConfig(
        String name, String revision, @Nullable ModelConfig config) {

    /** Checks that there are a name and a revision. */
    public StoredModelConfig {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(revision, "revision");
    }
}
