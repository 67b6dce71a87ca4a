package io.github.llmcache.engine;

import io.github.llmcache.event.AnswerRejectedEvent;
import io.github.llmcache.event.PromptCacheEvent;
import io.github.llmcache.event.PromptCacheListener;
import io.github.llmcache.event.RefreshEvent;
import io.github.llmcache.event.RejectionReason;
import io.github.llmcache.event.TierFailureEvent;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers every event. */
final class RecordingListener implements PromptCacheListener {

    final List<PromptCacheEvent> calls = new CopyOnWriteArrayList<>();
    final List<TierFailureEvent> failures = new CopyOnWriteArrayList<>();
    final List<RejectionReason> rejections = new CopyOnWriteArrayList<>();
    final List<RefreshEvent> refreshes = new CopyOnWriteArrayList<>();
    private final List<String> steps;

    RecordingListener(List<String> steps) {
        this.steps = steps;
    }

    @Override
    public void onCall(PromptCacheEvent event) {
        steps.add("tell " + event.outcome());
        calls.add(event);
    }

    @Override
    public void onTierFailure(TierFailureEvent event) {
        failures.add(event);
    }

    @Override
    public void onAnswerRejected(AnswerRejectedEvent event) {
        rejections.add(event.reason());
    }

    @Override
    public void onRefresh(RefreshEvent event) {
        refreshes.add(event);
    }

    PromptCacheEvent last() {
        return calls.get(calls.size() - 1);
    }
}
