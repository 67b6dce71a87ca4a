package io.github.llmcache.engine;

import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.event.PromptCacheEvent;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * A task that was observed: its result, and how the cache answered the calls in it.
 *
 * <p>Thread-safe. Asynchronous calls are added as they complete, so look at the outcome after the future's end.
 *
 * @param <T> what the task returns
 */
public final class ObservedCall<T extends @Nullable Object> {

    private static final Log log = LogFactory.getLog(ObservedCall.class);

    private final List<PromptCacheEvent> events = new CopyOnWriteArrayList<>();
    private volatile @Nullable T value;

    private final @Nullable ObservedCall<?> outer;
    private final Consumer<PromptCacheEvent> onCall;

    ObservedCall(@Nullable ObservedCall<?> outer, Consumer<PromptCacheEvent> onCall) {
        this.outer = outer;
        this.onCall = onCall;
    }

    void value(T result) {
        value = result;
    }

    void add(PromptCacheEvent event) {
        events.add(event);
        try {
            onCall.accept(event);
        } catch (Throwable ex) {
            // The model has answered, and its caller gets the answer.
            log.debug("An observer of calls failed", ex);
        }
        if (outer != null) {
            outer.add(event);
        }
    }

    /** What the task returned. */
    @SuppressWarnings("NullAway") // null only where T allows it
    public T value() {
        return value;
    }

    /** The cached calls in the task that have ended so far, in the order of their ends. */
    public List<PromptCacheEvent> calls() {
        return List.copyOf(events);
    }

    /** The cached call in the task that ended last, or empty if there was none. */
    public Optional<PromptCacheEvent> last() {
        List<PromptCacheEvent> calls = calls();
        return calls.isEmpty() ? Optional.empty() : Optional.of(calls.get(calls.size() - 1));
    }

    /** The outcome of the cached call that ended last, or empty if there was none. */
    public Optional<CacheOutcome> outcome() {
        return last().map(PromptCacheEvent::outcome);
    }
}
