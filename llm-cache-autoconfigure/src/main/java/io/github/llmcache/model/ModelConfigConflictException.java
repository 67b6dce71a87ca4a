package io.github.llmcache.model;

import org.jspecify.annotations.Nullable;

/** Says that somebody else has changed what is kept of a model since it was read, so that nothing was done. */
public final class ModelConfigConflictException extends ModelConfigException {

    private static final long serialVersionUID = 1L;

    private final @Nullable String revision;

    /**
     * Creates the exception.
     *
     * @param revision the revision that it has, or null where it is not there
     */
    public ModelConfigConflictException(@Nullable String revision) {
        super("What is kept of the model is not what was read: read it again, and change that", null);
        this.revision = revision;
    }

    /** The revision that it has, or null where it is not there. */
    public @Nullable String revision() {
        return revision;
    }
}
