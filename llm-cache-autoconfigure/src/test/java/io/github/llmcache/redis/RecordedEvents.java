package io.github.llmcache.redis;

import io.github.llmcache.event.AnswerRejectedEvent;
import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.event.PromptCacheEvent;
import io.github.llmcache.event.PromptCacheListener;
import io.github.llmcache.event.RejectionReason;
import io.github.llmcache.event.TierFailureEvent;
import io.github.llmcache.event.TierFailureEvent.Operation;
import io.github.llmcache.tier.FailureKind;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what the cache tells. */
public final class RecordedEvents implements PromptCacheListener {

    private final List<PromptCacheEvent> calls = new CopyOnWriteArrayList<>();
    private final List<TierFailureEvent> failures = new CopyOnWriteArrayList<>();
    private final List<AnswerRejectedEvent> rejections = new CopyOnWriteArrayList<>();

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
        rejections.add(event);
    }

    public List<CacheOutcome> outcomes() {
        return calls.stream().map(PromptCacheEvent::outcome).toList();
    }

    public List<FailureKind> failures(Operation operation) {
        return failures.stream()
                .filter(failure -> failure.operation() == operation)
                .map(TierFailureEvent::kind)
                .toList();
    }

    public List<RejectionReason> rejections() {
        return rejections.stream().map(AnswerRejectedEvent::reason).toList();
    }

    public void clear() {
        calls.clear();
        failures.clear();
        rejections.clear();
    }
}
