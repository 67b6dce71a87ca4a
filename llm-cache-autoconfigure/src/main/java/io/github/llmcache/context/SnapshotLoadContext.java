package io.github.llmcache.context;

import io.github.llmcache.engine.LoadContext;
import io.micrometer.context.ContextSnapshotFactory;

/**
 * Carries all that is registered with Micrometer's context propagation, such as the observation that traces belong to.
 *
 * <p>What is registered there and carried otherwise too is carried twice, to the same end.
 */
public final class SnapshotLoadContext implements LoadContext {

    private final ContextSnapshotFactory snapshots;

    /**
     * Creates the context.
     *
     * @param snapshots captures what is registered
     */
    public SnapshotLoadContext(ContextSnapshotFactory snapshots) {
        this.snapshots = snapshots;
    }

    @Override
    public Runnable capture(Runnable task) {
        return snapshots.captureAll().wrap(task);
    }
}
