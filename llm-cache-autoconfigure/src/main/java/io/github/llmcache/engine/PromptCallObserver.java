package io.github.llmcache.engine;

import io.github.llmcache.event.PromptCacheEvent;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells a caller how the cache answered its own calls.
 *
 * <pre>{@code
 * ObservedCall<String> call = observer.observe(() -> assistant.ask(question));
 * call.value();   // the answer
 * call.outcome(); // HIT, MISS, ...
 * }</pre>
 *
 * <p>Observations can be nested: an outer one hears of the calls of the inner ones too. Thread-safe; a bean of this type is there to be injected. Only calls that begin on the observing thread are
 * observed; one that is asynchronous reports when it completes, on whatever thread.
 */
public final class PromptCallObserver {

    private final ThreadLocal<@Nullable ObservedCall<?>> observing = new ThreadLocal<>();

    /** Creates an observer. */
    public PromptCallObserver() {}

    /**
     * Runs a task and watches the cached calls in it.
     *
     * @param task what to run, on this thread
     * @param <T> what the task returns
     * @return its result and the outcomes of its calls
     * @throws Exception what the task threw
     */
    public <T extends @Nullable Object> ObservedCall<T> observe(Callable<T> task) throws Exception {
        return observe(task, event -> {});
    }

    /**
     * Runs a task, watches the cached calls in it, and tells of each the moment it ends, before its caller has the answer.
     *
     * @param task what to run, on this thread
     * @param onCall told of each call, on whatever thread it ends; what it throws is logged and goes no further
     * @param <T> what the task returns
     * @return its result and the outcomes of its calls
     * @throws Exception what the task threw
     */
    public <T extends @Nullable Object> ObservedCall<T> observe(Callable<T> task, Consumer<PromptCacheEvent> onCall)
            throws Exception {
        ObservedCall<?> outer = observing.get();
        ObservedCall<T> observed = new ObservedCall<>(outer, onCall);
        observing.set(observed);
        try {
            observed.value(task.call());
            return observed;
        } finally {
            set(outer);
        }
    }

    /** The observation that a call which begins now on this thread reports to, or null. */
    public @Nullable ObservedCall<?> current() {
        return observing.get();
    }

    /**
     * Sets the observation of this thread, for frameworks that begin a call later, or on another thread.
     *
     * @param observed what {@link #current} was, or null for none
     */
    public void set(@Nullable ObservedCall<?> observed) {
        if (observed == null) {
            observing.remove();
        } else {
            observing.set(observed);
        }
    }
}
