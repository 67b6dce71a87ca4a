package io.github.llmcache.engine;

import io.github.llmcache.event.AnswerRejectedEvent;
import io.github.llmcache.event.BypassReason;
import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.event.PromptCacheEvent;
import io.github.llmcache.event.PromptCacheListener;
import io.github.llmcache.event.RejectionReason;
import io.github.llmcache.event.TierFailureEvent;
import io.github.llmcache.event.TierFailureEvent.Operation;
import io.github.llmcache.payload.Payload;
import io.github.llmcache.payload.PayloadException;
import io.github.llmcache.tier.CacheEntry;
import io.github.llmcache.tier.CacheTier;
import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.TierException;
import io.github.llmcache.tier.TierLookup;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * The steps of one call in their order: lookup, loading, then loaded or failed.
 *
 * <p>Used by one call only; the last step may be on another thread than the first.
 */
final class CallSteps {

    private final @Nullable PromptCall call;
    private final String cache;
    private final @Nullable String model;
    private final @Nullable BypassReason bypass;
    private final List<CacheTier> tiers;
    private final PromptCacheListener listener;
    private final InstantSource clock;

    private final long startedAt = System.nanoTime();
    private boolean loading;
    private long loadingAt;
    private long loadedAt;
    private boolean newerFormat;

    CallSteps(
            @Nullable PromptCall call,
            String cache,
            @Nullable String model,
            @Nullable BypassReason bypass,
            List<CacheTier> tiers,
            PromptCacheListener listener,
            InstantSource clock) {
        this.call = call;
        this.cache = cache;
        this.model = model;
        this.bypass = bypass;
        this.tiers = tiers;
        this.listener = listener;
        this.clock = clock;
    }

    /** Asks the tiers, the nearest first; null is a miss. */
    @Nullable
    Object lookup() {
        if (call == null) {
            return null;
        }
        for (CacheTier tier : tiers) {
            TierLookup lookup = ask(tier, call);
            if (lookup instanceof TierLookup.Hit hit) {
                Object answer = open(call, tier, hit.entry());
                if (answer != null) {
                    report(CacheOutcome.HIT, tier.name(), age(hit.entry()));
                    return answer;
                }
            } else if (lookup instanceof TierLookup.Failure failure) {
                newerFormat |= !failure.mayStore();
                failed(tier, Operation.LOOKUP, failure.kind());
            }
        }
        return null;
    }

    /** The model is about to be asked. */
    void loading() {
        loading = true;
        loadingAt = System.nanoTime();
    }

    /** The model has answered: the answer is stored, if it may be, before anybody else holds it. */
    void loaded(@Nullable Object answer, boolean interrupted) {
        loadedAt = System.nanoTime();
        if (call != null) {
            store(call, answer, interrupted);
        }
        report(call == null ? CacheOutcome.BYPASS : CacheOutcome.MISS, null, Double.NaN);
    }

    /** The model has failed: nothing is stored. */
    void failed() {
        loadedAt = System.nanoTime();
        report(CacheOutcome.ERROR, null, Double.NaN);
    }

    private @Nullable Object open(PromptCall call, CacheTier tier, CacheEntry entry) {
        if (!entry.digest().equals(call.key().digest())) {
            // Whatever a tier thinks, this is the answer to another question.
            failed(tier, Operation.LOOKUP, FailureKind.UNREADABLE);
            return null;
        }
        try {
            return call.codec().decode(entry.payload());
        } catch (PayloadException ex) {
            failed(tier, Operation.LOOKUP, FailureKind.UNREADABLE);
        } catch (Throwable ex) {
            failed(tier, Operation.LOOKUP, FailureKind.OTHER);
        }
        return null;
    }

    private void store(PromptCall call, @Nullable Object answer, boolean interrupted) {
        if (newerFormat) {
            reject(RejectionReason.NEWER_FORMAT);
            return;
        }
        Admission admission = interrupted
                ? Admission.rejected(RejectionReason.INTERRUPTED)
                : Admission.of(answer, call.codec(), call.policy(), call.unless());
        Payload payload = admission.payload();
        if (payload == null) {
            reject(admission.rejection());
            return;
        }
        CachePolicy policy = call.policy();
        Duration ttl = policy.drawTtl();
        Instant now = clock.instant();
        CacheEntry entry = new CacheEntry(
                call.key().digest(),
                payload,
                now,
                now.plus(ttl),
                policy.model(),
                policy.storePrompt() ? call.key().prompt() : null,
                admission.tokens());
        for (CacheTier tier : tiers) {
            write(tier, call, entry, ttl);
        }
    }

    private void write(CacheTier tier, PromptCall call, CacheEntry entry, Duration ttl) {
        try {
            tier.store(call.key(), entry, ttl).whenComplete((done, failure) -> {
                if (failure != null) {
                    failed(tier, Operation.STORE, kindOf(failure));
                }
            });
        } catch (Throwable ex) {
            // A tier of the user's own may break the contract; the caller does not pay for it.
            failed(tier, Operation.STORE, kindOf(ex));
        }
    }

    private static TierLookup ask(CacheTier tier, PromptCall call) {
        try {
            return tier.lookup(call.key());
        } catch (Throwable ex) {
            return new TierLookup.Failure(kindOf(ex));
        }
    }

    private static FailureKind kindOf(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof TierException exception ? exception.kind() : FailureKind.OTHER;
    }

    private double age(CacheEntry entry) {
        double ttl = entry.freshUntil().toEpochMilli() - entry.createdAt().toEpochMilli();
        double age = clock.millis() - entry.createdAt().toEpochMilli();
        return ttl <= 0 ? 1 : Math.min(1, Math.max(0, age / ttl));
    }

    private void reject(@Nullable RejectionReason reason) {
        if (reason != null) {
            listener.onAnswerRejected(new AnswerRejectedEvent(cache, reason));
        }
    }

    private void failed(CacheTier tier, Operation operation, FailureKind kind) {
        listener.onTierFailure(new TierFailureEvent(cache, tier.name(), operation, kind));
    }

    private void report(CacheOutcome outcome, @Nullable String tier, double age) {
        listener.onCall(new PromptCacheEvent(
                cache,
                outcome,
                tier,
                bypass,
                model,
                call == null ? null : call.key().digest(),
                System.nanoTime() - startedAt,
                loading ? loadedAt - loadingAt : -1,
                age));
    }
}
