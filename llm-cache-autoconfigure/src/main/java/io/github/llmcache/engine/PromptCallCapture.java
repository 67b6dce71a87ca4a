package io.github.llmcache.engine;

import io.github.llmcache.event.BypassReason;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which request a call of a cached method stands for, without a look into the cache and without calling the method.
 *
 * <p>Thread-safe. Only the first cached call that begins in a task on this thread is found.
 */
public final class PromptCallCapture {

    private final ThreadLocal<@Nullable Slot> slots = new ThreadLocal<>();

    /** Creates a capture. */
    public PromptCallCapture() {}

    /**
     * Runs a task up to its first cached call.
     *
     * @param task calls a cached method on this thread; its result is of no interest
     * @return what was asked
     * @throws IllegalStateException if no cached call was made, or the call has no key, saying why
     * @throws Exception what the task threw before it made a cached call
     */
    public PromptCall capture(Callable<?> task) throws Exception {
        Slot outer = slots.get();
        Slot slot = new Slot();
        slots.set(slot);
        try {
            task.call();
        } catch (Throwable ex) {
            // Advice around the method may have turned what ended the task into something else.
            if (!slot.reached) {
                throw ex;
            }
        } finally {
            if (outer == null) {
                slots.remove();
            } else {
                slots.set(outer);
            }
        }
        return slot.call();
    }

    /** Whether a call that begins now on this thread is to be handed over with {@link #reached}. */
    public boolean isCapturing() {
        return slots.get() != null;
    }

    /**
     * Hands a call over and ends the task; to be called while {@link #isCapturing()}, by what turns invocations into calls.
     *
     * @param call what is asked, or null if the call has no key
     * @param bypass why it has none, or null if it has one
     * @return an exception to throw at once
     */
    public RuntimeException reached(@Nullable PromptCall call, @Nullable BypassReason bypass) {
        Slot slot = slots.get();
        if (slot != null && !slot.reached) {
            slot.reached = true;
            slot.call = call;
            slot.bypass = bypass;
        }
        return new CapturedException();
    }

    private static final class Slot {

        private boolean reached;
        private @Nullable PromptCall call;
        private @Nullable BypassReason bypass;

        PromptCall call() {
            if (call != null) {
                return call;
            }
            throw new IllegalStateException(
                    reached
                            ? "The call has no key, because it passes the cache by: " + bypass
                            : "No cached method was called on this thread: call a method with @CachedPrompt of a Spring"
                                    + " bean, from outside of that bean");
        }
    }

    /** Ends a task; never seen by who began it. */
    private static final class CapturedException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        CapturedException() {
            super("A cached call was asked for its key only", null, false, false);
        }
    }
}
