package io.github.llmcache.testing;

import io.github.llmcache.event.AnswerRejectedEvent;
import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.event.PromptCacheEvent;
import io.github.llmcache.event.PromptCacheListener;
import io.github.llmcache.event.RejectionReason;
import io.github.llmcache.event.TierFailureEvent;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Writes down all that the cache says. */
public final class RecordingListener implements PromptCacheListener {

    private final List<PromptCacheEvent> calls = new CopyOnWriteArrayList<>();
    private final List<TierFailureEvent> failures = new CopyOnWriteArrayList<>();
    private final List<AnswerRejectedEvent> rejected = new CopyOnWriteArrayList<>();

    @Override
    public void onCall(PromptCacheEvent event) {
        calls.add(event);
    }

    @Override
    public void onTierFailure(TierFailureEvent event) {
        failures.add(event);
    }

    @Override
    public void onAnswerRejected(AnswerRejectedEvent event) {
        rejected.add(event);
    }

    public List<PromptCacheEvent> calls() {
        return calls;
    }

    public List<CacheOutcome> outcomes() {
        return calls.stream().map(PromptCacheEvent::outcome).toList();
    }

    public PromptCacheEvent last() {
        return calls.get(calls.size() - 1);
    }

    public List<TierFailureEvent> failures() {
        return failures;
    }

    public List<RejectionReason> rejections() {
        return rejected.stream().map(AnswerRejectedEvent::reason).toList();
    }
}
