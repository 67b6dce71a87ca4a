package io.github.llmcache.engine;

import io.github.llmcache.event.AnswerCost;
import org.jspecify.annotations.Nullable;

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

    /**
     * The permit to ask the model once: one of its methods is called, once, on any thread.
     *
     * <p>Who need not know how the call went implements {@link #end()} alone.
     */
    @FunctionalInterface
    interface Permit {

        /** The model has failed, or its caller waits no longer for it. */
        void end();

        /**
         * The model has answered.
         *
         * @param cost what the answer cost, or null where it does not tell its tokens
         */
        default void end(@Nullable AnswerCost cost) {
            end();
        }

        /** The model is not asked, because another guard refuses. */
        default void unused() {
            end();
        }
    }
}
