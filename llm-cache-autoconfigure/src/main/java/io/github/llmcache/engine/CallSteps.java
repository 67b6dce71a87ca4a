package io.github.llmcache.engine;

import io.github.llmcache.event.AnswerCost;
import io.github.llmcache.event.AnswerRejectedEvent;
import io.github.llmcache.event.BypassReason;
import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.event.PromptCacheEvent;
import io.github.llmcache.event.PromptCacheListener;
import io.github.llmcache.event.RefreshEvent;
import io.github.llmcache.event.RejectionReason;
import io.github.llmcache.event.TierFailureEvent;
import io.github.llmcache.event.TierFailureEvent.Operation;
import io.github.llmcache.key.PromptKey;
import io.github.llmcache.model.ModelConfig;
import io.github.llmcache.model.ModelConfigRegistry;
import io.github.llmcache.model.ModelPrices;
import io.github.llmcache.payload.PayloadException;
import io.github.llmcache.payload.TokenCount;
import io.github.llmcache.tier.CacheEntry;
import io.github.llmcache.tier.CacheTier;
import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.TierLookup;
import io.github.llmcache.tier.TierLookup.Fill;
import io.github.llmcache.tier.TierLookup.Hit;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one call: what it asked, what the tiers had for it, and how it ended.
 *
 * <p>Used by one call only, by one thread after the other.
 */
final class CallSteps {

    private static final AtomicIntegerFieldUpdater<CallSteps> REPORTED =
            AtomicIntegerFieldUpdater.newUpdater(CallSteps.class, "reported");

    private final @Nullable PromptCall asked;
    private final Function<Object, @Nullable TokenCount> counting;
    private final @Nullable String subject;
    private final String cache;
    private final @Nullable String model;
    private final @Nullable BypassReason bypass;
    private final boolean onlyIfCached;
    private final CacheMode mode;
    private final List<CacheTier> tiers;
    private final PromptCacheListener listener;
    private final ModelConfigRegistry models;
    private final InstantSource clock;

    private final boolean timed;
    private final long startedAt;
    private @Nullable List<Fill> fills;
    private @Nullable Object oldAnswer;
    private double oldAge;
    private boolean stale;
    private @Nullable TokenCount tokens;
    private boolean newerFormat;
    private boolean cutOff;
    private long loadingAt;
    private long loadNanos = -1;
    private volatile int reported;

    CallSteps(
            @Nullable PromptCall asked,
            Function<Object, @Nullable TokenCount> counting,
            @Nullable String subject,
            String cache,
            @Nullable String model,
            @Nullable BypassReason bypass,
            boolean onlyIfCached,
            CacheMode mode,
            List<CacheTier> tiers,
            PromptCacheListener listener,
            ModelConfigRegistry models,
            InstantSource clock) {
        this.asked = asked;
        this.counting = counting;
        this.subject = subject;
        this.cache = cache;
        this.model = model;
        this.bypass = bypass;
        this.onlyIfCached = onlyIfCached;
        this.mode = mode;
        this.tiers = tiers;
        this.listener = listener;
        this.models = models;
        this.clock = clock;
        this.timed = listener.readsElapsedTime();
        this.startedAt = timed ? System.nanoTime() : 0;
    }

    /** What was asked; there is none where the cache is passed by. */
    PromptCall asked() {
        return Objects.requireNonNull(asked);
    }

    PromptKey key() {
        return asked().key();
    }

    boolean passesBy() {
        return bypass != null;
    }

    /** The same call once more, for the background. */
    CallSteps again() {
        return new CallSteps(
                asked, counting, subject, cache, model, bypass, onlyIfCached, mode, tiers, listener, models, clock);
    }

    /** Ends a call that wanted a cached answer only. */
    void refuseIfOnlyCached() {
        if (onlyIfCached) {
            report(CacheOutcome.MISS, null, Double.NaN);
            throw new PromptNotCachedException(cache);
        }
    }

    /** Whether the call takes part in the flight of equal calls: one that insists on asking the model does not. */
    boolean isShared() {
        return !passesBy() && mode != CacheMode.REFRESH && !asked().directives().noCache();
    }

    /** Why the answer may not be stored, whatever it is, or null if it may. */
    @Nullable
    RejectionReason hindrance() {
        if (newerFormat) {
            return RejectionReason.NEWER_FORMAT;
        }
        return mode == CacheMode.READ_ONLY ? RejectionReason.READ_ONLY : null;
    }

    /** Whether the farthest tier did not answer the lookup: it is not tried a second time. */
    boolean isCutOff() {
        return cutOff;
    }

    /** Whether the answer that the lookup gave is to be refreshed. */
    boolean isStale() {
        return stale && !onlyIfCached && mode == CacheMode.ON;
    }

    /** How long the model may take, or null where no old answer is at hand to be served instead. */
    @Nullable
    Duration patience() {
        return oldAnswer == null ? null : asked().policy().staleness().loadTimeout();
    }

    /** Whether an old answer is at hand that may be served instead of what the model does not give. */
    boolean hasOld() {
        return oldAnswer != null;
    }

    /** The old answer that is served instead of what the model does not give, which ends the call; or null. */
    @Nullable
    Object takeOld() {
        Object answer = oldAnswer;
        if (answer != null) {
            report(CacheOutcome.STALE_IF_ERROR, null, oldAge);
        }
        return answer;
    }

    /** What was found on the way to the turn: an entry of a newer format is left alone. */
    void noteFormat(TierLookup found) {
        newerFormat |= found instanceof TierLookup.Failure failure && !failure.mayStore();
    }

    LoadRequest request(boolean mayBlock) {
        return new LoadRequest(cache, model, asked == null ? null : asked.scope(), mayBlock, subject);
    }

    /** Asks the tiers, the nearest first; null is a miss. */
    @Nullable
    Object lookup() {
        if (!isShared()) {
            return null;
        }
        for (CacheTier tier : tiers) {
            Object answer = judge(tier, ask(tier));
            if (answer != null) {
                return answer;
            }
        }
        return null;
    }

    /** Asks the tiers from one on, without blocking; null is a miss. */
    CompletableFuture<@Nullable Object> lookupAsync(int first) {
        if (isShared()) {
            for (int index = first; index < tiers.size(); index++) {
                CacheTier tier = tiers.get(index);
                CompletableFuture<TierLookup> reply = askAsync(tier);
                if (!reply.isDone()) {
                    int next = index + 1;
                    return reply.thenCompose(lookup -> {
                        Object answer = judge(tier, lookup);
                        return answer != null ? CompletableFuture.completedFuture(answer) : lookupAsync(next);
                    });
                }
                Object answer = judge(tier, reply.join());
                if (answer != null) {
                    return CompletableFuture.completedFuture(answer);
                }
            }
        }
        return CompletableFuture.completedFuture(null);
    }

    /** What a tier's lookup is good for in this call; null is a miss. */
    @Nullable
    Object judge(CacheTier tier, TierLookup lookup) {
        if (lookup instanceof Hit hit) {
            if (fills != null) {
                fills.forEach(fill -> fill.accept(cache, hit));
            }
            return answerOf(tier, hit);
        }
        if (lookup instanceof TierLookup.Failure failure) {
            noteFormat(failure);
            cutOff |= tier == tiers.get(tiers.size() - 1) && !hasAnswered(failure.kind());
            failed(tier, Operation.LOOKUP, failure.kind());
        } else if (lookup instanceof TierLookup.Miss miss && miss.fill() != null) {
            fills = fills == null ? new ArrayList<>(2) : fills;
            fills.add(miss.fill());
        }
        return null;
    }

    private @Nullable Object answerOf(CacheTier tier, Hit hit) {
        if (!hit.entry().digest().equals(key().digest())) {
            // Whatever a tier thinks, this is the answer to another question.
            failed(tier, Operation.LOOKUP, FailureKind.UNREADABLE);
            return null;
        }
        long now = clock.millis();
        Freshness freshness = freshnessOf(hit, now);
        if (freshness == Freshness.TOO_OLD) {
            return null;
        }
        Object answer = open(tier.name(), hit);
        if (freshness == Freshness.OLD) {
            // Read now, so that nobody who has waited for the model finds out only then that there is none.
            oldAnswer = answer;
            oldAge = age(hit.entry(), now);
            return null;
        }
        if (answer != null) {
            stale = freshness == Freshness.STALE;
            saved(hit);
            report(stale ? CacheOutcome.STALE : CacheOutcome.HIT, tier.name(), age(hit.entry(), now));
        }
        return answer;
    }

    /** What a hit is good for in this call; the answer to another question is good for nothing. */
    Freshness freshnessOf(Hit hit) {
        return hit.entry().digest().equals(key().digest()) ? freshnessOf(hit, clock.millis()) : Freshness.TOO_OLD;
    }

    private Freshness freshnessOf(Hit hit, long now) {
        return Freshness.of(hit.entry(), asked().policy().staleness(), asked().directives(), Instant.ofEpochMilli(now));
    }

    /** Reads an answer; null if it can't be read, which is counted. */
    @Nullable
    Object open(String tier, Hit hit) {
        try {
            return hit.answer(asked().codec());
        } catch (PayloadException ex) {
            failed(tier, Operation.LOOKUP, FailureKind.UNREADABLE);
        } catch (Throwable ex) {
            failed(tier, Operation.LOOKUP, FailureKind.OTHER);
        }
        return null;
    }

    /** Whether an answer can be read; what can't be is told where it is read. */
    boolean canRead(Hit hit) {
        try {
            hit.answer(asked().codec());
            return true;
        } catch (Throwable ex) {
            return false;
        }
    }

    /** The model is about to be asked. */
    void loading() {
        loadingAt = System.nanoTime();
    }

    /** The model has answered or failed. */
    void loaded() {
        if (loadingAt != 0 && loadNanos < 0) {
            loadNanos = System.nanoTime() - loadingAt;
        }
    }

    /** The model has answered several calls at once, of which this one has its share of the time. */
    void loadedTogether(long nanos) {
        loadNanos = nanos;
    }

    /** What the answer of the model took, whether or not it is stored. */
    void took(@Nullable Object answer) {
        if (answer != null && answer != PromptTurn.TOO_LARGE) {
            try {
                tokens = counting.apply(answer);
            } catch (RuntimeException | LinkageError ex) {
                // A codec of the user's own that can't count is no reason that the call fails.
                tokens = null;
            }
        }
    }

    /** What the answer took that is served from the cache. */
    void saved(Hit hit) {
        tokens = hit.entry().tokens();
    }

    /** What the answer cost, or null where it does not tell its tokens. */
    @Nullable
    AnswerCost cost() {
        if (tokens == null) {
            return null;
        }
        ModelPrices prices = prices();
        return new AnswerCost(
                tokens.input(), tokens.output(), prices == null ? -1 : prices.nanos(tokens.input(), tokens.output()));
    }

    private @Nullable ModelPrices prices() {
        try {
            return model == null
                    ? null
                    : models.find(model).map(ModelConfig::prices).orElse(null);
        } catch (RuntimeException | LinkageError ex) {
            // A registry of the user's own that fails is no reason that the call does.
            return null;
        }
    }

    /** The model has answered or failed in the background, for nobody who waits. */
    void refreshed(boolean succeeded) {
        listener.onRefresh(new RefreshEvent(cache, model, key().digest(), Math.max(0, loadNanos), succeeded, cost()));
    }

    void reject(RejectionReason reason) {
        listener.onAnswerRejected(new AnswerRejectedEvent(cache, reason));
    }

    void failed(CacheTier tier, Operation operation, FailureKind kind) {
        failed(tier.name(), operation, kind);
    }

    private void failed(String tier, Operation operation, FailureKind kind) {
        listener.onTierFailure(new TierFailureEvent(cache, tier, operation, kind));
    }

    /** The call has ended without an answer from a tier. */
    void report(CacheOutcome outcome) {
        report(passesBy() && outcome == CacheOutcome.MISS ? CacheOutcome.BYPASS : outcome, null, Double.NaN);
    }

    /** A call is told of once, by whoever ends it first: its caller may leave while another call's load fails. */
    private void report(CacheOutcome outcome, @Nullable String tier, double age) {
        if (!REPORTED.compareAndSet(this, 0, 1)) {
            return;
        }
        listener.onCall(new PromptCacheEvent(
                cache,
                outcome,
                tier,
                bypass,
                model,
                asked == null ? null : asked.key().digest(),
                timed ? System.nanoTime() - startedAt : -1,
                loadNanos,
                age,
                cost(),
                subject));
    }

    private static double age(CacheEntry entry, long now) {
        double ttl = entry.freshUntil().toEpochMilli() - entry.createdAt().toEpochMilli();
        double age = now - entry.createdAt().toEpochMilli();
        return ttl <= 0 ? 1 : Math.min(1, Math.max(0, age / ttl));
    }

    private static boolean hasAnswered(FailureKind kind) {
        return switch (kind) {
            case WRONG_TYPE, UNREADABLE, NEWER_FORMAT, OUT_OF_MEMORY, READ_ONLY -> true;
            case CONNECTING, CONNECTION, TIMEOUT, DENIED, INTERRUPTED, OVERLOADED, CIRCUIT_OPEN, OTHER -> false;
        };
    }

    private TierLookup ask(CacheTier tier) {
        try {
            return tier.lookup(key());
        } catch (Throwable ex) {
            return new TierLookup.Failure(TierFailures.kindOf(ex));
        }
    }

    private CompletableFuture<TierLookup> askAsync(CacheTier tier) {
        CompletionStage<TierLookup> reply;
        try {
            reply = tier.lookupAsync(key());
        } catch (Throwable ex) {
            return CompletableFuture.completedFuture(new TierLookup.Failure(TierFailures.kindOf(ex)));
        }
        return reply.exceptionally(ex -> new TierLookup.Failure(TierFailures.kindOf(ex)))
                .toCompletableFuture();
    }
}
