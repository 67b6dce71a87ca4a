package io.github.llmcache.engine;

import io.github.llmcache.event.BypassReason;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which request a call of a cached method stands for, without a look into the cache and without calling the method.
 *
 * <p>The call returns nothing to the task, and throws nothing, so that it ends no transaction and makes nobody try again.
 * Thread-safe. Only the first cached call that begins in a task on this thread is found; later ones return nothing either.
 */
public final class PromptCallCapture {

    private final ThreadLocal<@Nullable Slot> slots = new ThreadLocal<>();

    /** Creates a capture. */
    public PromptCallCapture() {}

    /**
     * Runs a task, and takes its first cached call; what the task throws after it is of no interest.
     *
     * @param task calls a cached method on this thread; its result is of no interest
     * @return what was asked
     * @throws IllegalStateException if no cached call was made, or the call has no key, saying why
     * @throws Exception what the task threw before it made a cached call
     */
    public PromptCall capture(Callable<?> task) throws Exception {
        Slot slot = new Slot();
        try {
            run(task, slot);
        } catch (Exception ex) {
            // Whoever waits for an answer gets none, and may trip over it.
            if (!slot.reached) {
                throw ex;
            }
        }
        PromptCall call = slot.found();
        if (call == null) {
            throw new IllegalStateException("The call has no key, because it passes the cache by: " + slot.bypass);
        }
        return call;
    }

    /**
     * Runs a task, and takes its first cached call, for somebody who is going to see the answer: whatever the task throws
     * may say that they may not.
     *
     * @param task calls a cached method on this thread; its result is of no interest
     * @return what was asked, or empty if the call has no key
     * @throws IllegalStateException if no cached call was made
     * @throws Exception what the task threw
     */
    public Optional<PromptCall> find(Callable<?> task) throws Exception {
        Slot slot = new Slot();
        run(task, slot);
        return Optional.ofNullable(slot.found());
    }

    /**
     * Runs a task, and takes its first cached call whether it has a key or not; what the task throws after it is of no
     * interest.
     *
     * @param task calls a cached method on this thread; its result is of no interest
     * @return all that can be told of the call
     * @throws IllegalStateException if no cached call was made
     * @throws Exception what the task threw before it made a cached call
     */
    public CapturedCall captureWhole(Callable<?> task) throws Exception {
        Slot slot = new Slot();
        try {
            run(task, slot);
        } catch (Exception ex) {
            // Whoever waits for an answer gets none, and may trip over it.
            if (!slot.reached) {
                throw ex;
            }
        }
        return slot.whole();
    }

    private void run(Callable<?> task, Slot slot) throws Exception {
        Slot outer = slots.get();
        slots.set(slot);
        try {
            task.call();
        } finally {
            if (outer == null) {
                slots.remove();
            } else {
                slots.set(outer);
            }
        }
    }

    /** Whether a call that begins now on this thread is to be handed over with {@link #reached}. */
    public boolean isCapturing() {
        return slots.get() != null;
    }

    /**
     * Hands a call over, which then is to return nothing; to be called while {@link #isCapturing()}, by what turns
     * invocations into calls.
     *
     * @param call what is asked, or null if the call has no key
     * @param bypass why it has none, or null if it has one
     * @param whole tells all of it, for those who want to be told; asked later, on the same thread, if at all
     */
    public void reached(@Nullable PromptCall call, @Nullable BypassReason bypass, Supplier<CapturedCall> whole) {
        Slot slot = slots.get();
        if (slot != null && !slot.reached) {
            slot.reached = true;
            slot.call = call;
            slot.bypass = bypass;
            slot.whole = whole;
        }
    }

    private static final class Slot {

        private boolean reached;
        private @Nullable PromptCall call;
        private @Nullable BypassReason bypass;
        private @Nullable Supplier<CapturedCall> whole;

        @Nullable
        PromptCall found() {
            check();
            return call;
        }

        CapturedCall whole() {
            check();
            return Objects.requireNonNull(whole).get();
        }

        private void check() {
            if (!reached) {
                throw new IllegalStateException("No cached method was called on this thread: call a method with"
                        + " @CachedPrompt of a Spring bean, from outside of that bean");
            }
        }
    }
}
