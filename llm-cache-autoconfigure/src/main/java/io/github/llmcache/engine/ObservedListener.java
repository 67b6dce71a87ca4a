package io.github.llmcache.engine;

import io.github.llmcache.event.AnswerRejectedEvent;
import io.github.llmcache.event.PromptCacheEvent;
import io.github.llmcache.event.PromptCacheListener;
import io.github.llmcache.event.RefreshEvent;
import io.github.llmcache.event.TierFailureEvent;

/** Tells a caller of its own call first, then everybody. */
record ObservedListener(PromptCacheListener listener, ObservedCall<?> observed) implements PromptCacheListener {

    @Override
    public void onCall(PromptCacheEvent event) {
        observed.add(event);
        listener.onCall(event);
    }

    /** Callers may ask how long their own calls took. */
    @Override
    public boolean readsElapsedTime() {
        return true;
    }

    @Override
    public void onRefresh(RefreshEvent event) {
        listener.onRefresh(event);
    }

    @Override
    public void onTierFailure(TierFailureEvent event) {
        listener.onTierFailure(event);
    }

    @Override
    public void onAnswerRejected(AnswerRejectedEvent event) {
        listener.onAnswerRejected(event);
    }
}
