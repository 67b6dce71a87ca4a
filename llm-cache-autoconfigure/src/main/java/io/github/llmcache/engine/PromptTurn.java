package io.github.llmcache.engine;

import org.jspecify.annotations.Nullable;

/**
 * What a call of the cache has come to: an answer, or the turn to ask the model.
 *
 * <p>For callers that ask the model themselves, such as those of a stream. Whoever has the turn ends it with exactly one of
 * {@link #loaded}, {@link #failed}, {@link #brokenOff} and {@link #abandoned}, on any thread; others of equal calls may wait for it.
 */
public interface PromptTurn {

    /** What {@link #loaded} takes for an answer that has grown too large to be held: nothing is stored or shared. */
    Object TOO_LARGE = new Object();

    /** The answer, or null if it is this call's turn to ask the model. */
    @Nullable
    Object answer();

    /** Whether {@link #loaded} looks at the answer; if not, nothing is stored or shared, and it may be given null. */
    boolean takesAnswer();

    /**
     * The model has answered whole: the answer is stored, if it may be, and given to the others that wait.
     *
     * @param answer the answer, not changed any more until this returns, or {@link #TOO_LARGE}
     */
    void loaded(@Nullable Object answer);

    /**
     * The model has failed.
     *
     * @param failure what it threw; the others that wait get it too
     * @return an old answer to serve instead, or null if the caller gets the failure
     */
    @Nullable
    Object failed(Throwable failure);

    /**
     * The model has failed after a part of its answer has reached the caller, so that no old answer can stand in.
     *
     * @param failure what it threw; the others that wait get it too
     */
    void brokenOff(Throwable failure);

    /** The caller waits no longer: nothing is stored, and one of the others that wait takes over. */
    void abandoned();
}
