package io.github.llmcache.engine;

import io.github.llmcache.event.BypassReason;
import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.tier.CacheEntry;
import io.github.llmcache.tier.CacheTier;
import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.TierLookup;
import io.github.llmcache.tier.TierLookup.Hit;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells what {@link PromptCache} would do with a call at this moment, and does nothing of it: no model is asked, nothing is
 * stored, counted or told to listeners, no lease is taken.
 *
 * <p>Unlike a call it asks all tiers, also those behind one that answers. Thread-safe; blocks no longer than the tiers do.
 */
public final class LookupPreview {

    private final List<CacheTier> tiers;
    private final CacheModes modes;
    private final InstantSource clock;

    /**
     * Creates a preview.
     *
     * @param tiers where answers are kept, the nearest first
     * @param modes what each cache does at the moment
     * @param clock tells the time
     */
    public LookupPreview(List<CacheTier> tiers, CacheModes modes, InstantSource clock) {
        this.tiers = List.copyOf(tiers);
        this.modes = modes;
        this.clock = clock;
    }

    /** What stands in a tier under the key of a call. */
    public enum State {
        /** An answer that is served. */
        FRESH,
        /** An answer that is served, and refreshed in the background. */
        STALE,
        /** An answer that is served only if the model fails. */
        OLD,
        /** An answer that is too old for the call. */
        EXPIRED,
        /** Nothing. */
        NOT_FOUND,
        /** Something that is no entry of this release, or the answer to another request. */
        UNREADABLE,
        /** It is not known what, because the tier could not say. */
        FAILED
    }

    /**
     * What was found in a tier.
     *
     * @param tier the tier's name
     * @param state what stands there
     * @param problem what went wrong, or null
     * @param entry the entry, or null
     */
    public record Finding(
            String tier,
            State state,
            @Nullable FailureKind problem,
            @Nullable CacheEntry entry) {}

    /**
     * How a call would go.
     *
     * @param mode what the cache does at the moment
     * @param bypass why the call would pass the cache by, or null
     * @param insists whether the call would ask the model without a look into the tiers, since it or the mode says so
     * @param outcome {@code HIT}, {@code STALE}, {@code MISS} or {@code BYPASS}
     * @param tier the tier that would answer, or null
     * @param findings what stands in each tier, the nearest first, whether or not the call would ask it
     */
    public record Result(
            CacheMode mode,
            @Nullable BypassReason bypass,
            boolean insists,
            CacheOutcome outcome,
            @Nullable String tier,
            List<Finding> findings) {}

    /**
     * Tells the mode of a cache.
     *
     * @param cache the cache
     * @return what it does at the moment
     */
    public CacheMode modeOf(String cache) {
        return modes.modeOf(cache);
    }

    /**
     * Tells how a call would go.
     *
     * @param call the call
     * @return how it would go
     */
    public Result of(PromptCall call) {
        CacheMode mode = modes.modeOf(call.policy().cache());
        BypassReason bypass = bypassOf(call, mode);
        boolean insists = bypass == null
                && (mode == CacheMode.REFRESH || call.directives().noCache());
        List<Finding> findings = new ArrayList<>(tiers.size());
        CacheOutcome outcome = bypass == null ? CacheOutcome.MISS : CacheOutcome.BYPASS;
        String answering = null;
        for (CacheTier tier : tiers) {
            Finding finding = find(tier, call);
            findings.add(finding);
            boolean answers = finding.state() == State.FRESH || finding.state() == State.STALE;
            if (answers && answering == null && bypass == null && !insists) {
                answering = tier.name();
                outcome = finding.state() == State.FRESH ? CacheOutcome.HIT : CacheOutcome.STALE;
            }
        }
        return new Result(mode, bypass, insists, outcome, answering, List.copyOf(findings));
    }

    private static @Nullable BypassReason bypassOf(PromptCall call, CacheMode mode) {
        if (call.directives().noStore()) {
            return BypassReason.NO_STORE;
        }
        return mode == CacheMode.OFF ? BypassReason.MODE : null;
    }

    private Finding find(CacheTier tier, PromptCall call) {
        TierLookup lookup;
        try {
            lookup = tier.peek(call.key());
        } catch (RuntimeException | LinkageError ex) {
            return new Finding(tier.name(), State.FAILED, TierFailures.kindOf(ex), null);
        }
        if (lookup instanceof Hit hit) {
            return judge(tier.name(), hit.entry(), call);
        }
        if (lookup instanceof TierLookup.Failure failure) {
            boolean unreadable =
                    switch (failure.kind()) {
                        case WRONG_TYPE, UNREADABLE, NEWER_FORMAT -> true;
                        default -> false;
                    };
            return new Finding(tier.name(), unreadable ? State.UNREADABLE : State.FAILED, failure.kind(), null);
        }
        return new Finding(tier.name(), State.NOT_FOUND, null, null);
    }

    private Finding judge(String tier, CacheEntry entry, PromptCall call) {
        if (!entry.digest().equals(call.key().digest()) || !canRead(entry, call)) {
            return new Finding(tier, State.UNREADABLE, FailureKind.UNREADABLE, null);
        }
        State state =
                switch (Freshness.of(entry, call.policy().staleness(), call.directives(), clock.instant())) {
                    case FRESH -> State.FRESH;
                    case STALE -> State.STALE;
                    case OLD -> State.OLD;
                    case TOO_OLD -> State.EXPIRED;
                };
        return new Finding(tier, state, null, entry);
    }

    private static boolean canRead(CacheEntry entry, PromptCall call) {
        try {
            call.codec().decode(entry.payload());
            return true;
        } catch (RuntimeException | LinkageError | StackOverflowError ex) {
            return false;
        }
    }
}
