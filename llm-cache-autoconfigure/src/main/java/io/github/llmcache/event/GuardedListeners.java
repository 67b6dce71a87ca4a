package io.github.llmcache.event;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Passes events on to all listeners, and keeps what a listener throws from the call.
 *
 * <p>Thread-safe, as far as the listeners are.
 */
public final class GuardedListeners implements PromptCacheListener {

    private static final Log log = LogFactory.getLog(GuardedListeners.class);

    private final PromptCacheListener[] listeners;
    private final Set<Class<?>> warned = ConcurrentHashMap.newKeySet();

    /**
     * Creates the group.
     *
     * @param listeners the listeners, called in this order
     */
    public GuardedListeners(List<? extends PromptCacheListener> listeners) {
        this.listeners = listeners.toArray(PromptCacheListener[]::new);
    }

    /** Written out, since it is done for each hit in memory. */
    @Override
    public void onCall(PromptCacheEvent event) {
        for (PromptCacheListener listener : listeners) {
            try {
                listener.onCall(event);
            } catch (Throwable ex) {
                failed(listener, ex);
            }
        }
    }

    @Override
    public boolean readsElapsedTime() {
        for (PromptCacheListener listener : listeners) {
            try {
                if (listener.readsElapsedTime()) {
                    return true;
                }
            } catch (Throwable ex) {
                failed(listener, ex);
            }
        }
        return false;
    }

    @Override
    public void onTierFailure(TierFailureEvent event) {
        tell(listener -> listener.onTierFailure(event));
    }

    @Override
    public void onAnswerRejected(AnswerRejectedEvent event) {
        tell(listener -> listener.onAnswerRejected(event));
    }

    @Override
    public void onRefresh(RefreshEvent event) {
        tell(listener -> listener.onRefresh(event));
    }

    private void tell(Consumer<PromptCacheListener> event) {
        for (PromptCacheListener listener : listeners) {
            try {
                event.accept(listener);
            } catch (Throwable ex) {
                failed(listener, ex);
            }
        }
    }

    /** Errors too, such as a failed assertion: the model has answered, and its caller gets the answer. */
    private void failed(PromptCacheListener listener, Throwable ex) {
        String message = "The prompt cache listener " + listener.getClass().getName() + " failed";
        if (warned.add(listener.getClass())) {
            log.warn(message + "; its further failures are logged at DEBUG", ex);
        } else {
            log.debug(message, ex);
        }
    }
}
