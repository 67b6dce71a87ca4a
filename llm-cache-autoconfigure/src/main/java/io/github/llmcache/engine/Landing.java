package io.github.llmcache.engine;

import io.github.llmcache.tier.Lease;
import io.github.llmcache.tier.TierLookup.Hit;
import org.jspecify.annotations.Nullable;

/** What a call that shares a flight is told at the end of its wait. */
sealed interface Landing {

    /**
     * It is this call's turn to ask the model.
     *
     * @param lease the lease of the one who had the turn before, or null if there is none yet
     * @param overdue whether the one before is still asking, for too long
     */
    record YourTurn(@Nullable Lease lease, boolean overdue) implements Landing {}

    /**
     * Another call's load has answered.
     *
     * @param hit the answer, for each to read anew
     */
    record Answered(Hit hit) implements Landing {}

    /**
     * Another call's load has failed.
     *
     * @param failure what the model threw
     */
    record Failed(Throwable failure) implements Landing {}

    /** Another call's load has given an answer that is nobody else's, so each asks for itself. */
    record OnYourOwn() implements Landing {}
}
