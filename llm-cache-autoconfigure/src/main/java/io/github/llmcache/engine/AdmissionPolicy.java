package io.github.llmcache.engine;

import io.github.llmcache.event.RejectionReason;
import org.jspecify.annotations.Nullable;

/**
 * Decides which answers are worth keeping.
 *
 * <p>A bean of this type replaces the default one, {@link CompleteAnswers}, and decides all by itself: an answer that was
 * cut off is stored if it says so. Null is never stored, and what {@code unless} keeps out stays out. Thread-safe; what it
 * throws keeps the answer out.
 */
@FunctionalInterface
public interface AdmissionPolicy {

    /**
     * Decides on an answer, before it is stored or given to others who asked the same.
     *
     * @param candidate the answer
     * @return why it is not stored, such as {@link RejectionReason#POLICY}, or null if it is
     */
    @Nullable
    RejectionReason rejectionOf(AnswerCandidate candidate);

    /**
     * Decides on a request to a chat model, before it is looked up. Cached methods are not asked about, since they have a
     * {@code condition}, nor are texts to embed.
     *
     * @param request the request
     * @return whether its answer may be cached; by default it may
     */
    default boolean admits(RequestTraits request) {
        return true;
    }
}
