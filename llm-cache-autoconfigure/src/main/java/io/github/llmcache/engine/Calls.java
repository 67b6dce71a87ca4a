package io.github.llmcache.engine;

import io.github.llmcache.event.BypassReason;
import io.github.llmcache.event.PromptCacheListener;
import io.github.llmcache.model.ModelConfigRegistry;
import io.github.llmcache.tier.CacheTier;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Begins calls, and decides by their directives and the mode of their cache whether they may use it.
 *
 * @param tiers where answers are kept
 * @param listener hears of every call
 * @param observer tells callers the outcome of their own calls
 * @param clock tells the time
 * @param modes what each cache does at the moment
 * @param models knows what the models' tokens cost and how long their answers are kept
 * @param subject tells whose usage calls are that do not say so themselves
 */
record Calls(
        List<CacheTier> tiers,
        PromptCacheListener listener,
        PromptCallObserver observer,
        InstantSource clock,
        CacheModes modes,
        ModelConfigRegistry models,
        CallSubject subject) {

    CallSteps begin(PromptCall asked) {
        CachePolicy policy = asked.policy();
        CacheMode mode = modes.modeOf(policy.cache());
        BypassReason bypass = null;
        if (asked.directives().noStore()) {
            bypass = BypassReason.NO_STORE;
        } else if (mode == CacheMode.OFF) {
            bypass = BypassReason.MODE;
        }
        return new CallSteps(
                asked,
                asked.codec()::tokensOf,
                subjectOf(asked.subject()),
                policy.cache(),
                policy.model(),
                bypass,
                asked.directives().onlyIfCached(),
                mode,
                tiers,
                reporter(),
                models,
                clock);
    }

    CallSteps begin(PromptBypass bypass) {
        return new CallSteps(
                null,
                bypass.tokens(),
                subjectOf(bypass.subject()),
                bypass.cache(),
                bypass.model(),
                bypass.reason(),
                bypass.directives().onlyIfCached(),
                CacheMode.OFF,
                tiers,
                reporter(),
                models,
                clock);
    }

    private @Nullable String subjectOf(@Nullable String told) {
        return told == null ? subject.current() : told;
    }

    private PromptCacheListener reporter() {
        ObservedCall<?> observed = observer.current();
        return observed == null ? listener : new ObservedListener(listener, observed);
    }
}
