package io.github.llmcache.engine;

/**
 * Decides whether the model may be asked: a budget, or a limit on concurrent calls.
 *
 * <p>Beans of this type are asked in their order, by the one caller that is about to ask the model, and not for hits.
 * Thread-safe.
 */
@FunctionalInterface
public interface LoadGuard {

    /**
     * Asks for a permit.
     *
     * @param request what the model is to be asked for
     * @return the permit, which is ended when the model has answered or failed
     * @throws LoadRefusedException if the model may not be asked; it reaches the caller unless an old answer is at hand
     */
    Permit ask(LoadRequest request);

    /** The permit to ask the model once. */
    @FunctionalInterface
    interface Permit {

        /** The model has answered, or failed; called once, on any thread. */
        void end();
    }
}
