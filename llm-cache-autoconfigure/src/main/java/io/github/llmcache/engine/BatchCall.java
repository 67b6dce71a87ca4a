package io.github.llmcache.engine;

import io.github.llmcache.engine.LoadGuard.Permit;
import io.github.llmcache.event.AnswerCost;
import io.github.llmcache.event.TierFailureEvent.Operation;
import io.github.llmcache.key.PromptKey;
import io.github.llmcache.tier.CacheTier;
import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.Lease;
import io.github.llmcache.tier.LeaseAttempt;
import io.github.llmcache.tier.TierLookup;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Calls that are looked up together, and whose misses are loaded together, on the caller's thread. */
final class BatchCall {

    private final Turn.Rules rules;
    private final List<CallSteps> calls;
    private final BatchLoad load;
    private final StaleRefresher refresher;
    private final @Nullable Object[] answers;

    BatchCall(Turn.Rules rules, List<CallSteps> calls, BatchLoad load, StaleRefresher refresher) {
        this.rules = rules;
        this.calls = calls;
        this.load = load;
        this.refresher = refresher;
        this.answers = new Object[calls.size()];
    }

    List<Object> answer() throws Throwable {
        for (CacheTier tier : rules.tiers()) {
            lookup(tier);
        }
        List<Integer> missing = IntStream.range(0, answers.length)
                .filter(place -> answers[place] == null)
                .boxed()
                .toList();
        if (!missing.isEmpty()) {
            refuseIfOnlyCached(missing);
            load(missing);
        }
        return Arrays.stream(answers).map(Objects::requireNonNull).toList();
    }

    private void lookup(CacheTier tier) {
        List<Integer> places = IntStream.range(0, answers.length)
                .filter(place -> answers[place] == null && calls.get(place).isShared())
                .boxed()
                .toList();
        List<TierLookup> found = ask(tier, places);
        for (int i = 0; i < found.size(); i++) {
            int place = places.get(i);
            CallSteps call = calls.get(place);
            answers[place] = call.judge(tier, found.get(i));
            if (answers[place] != null && call.isStale()) {
                refresher.refresh(
                        call.again(),
                        () -> CompletableFuture.completedFuture(
                                load.get(List.of(place)).get(0)));
            }
        }
    }

    private List<TierLookup> ask(CacheTier tier, List<Integer> places) {
        if (places.isEmpty()) {
            return List.of();
        }
        FailureKind kind = FailureKind.OTHER;
        try {
            List<TierLookup> found = tier.lookupAll(keysOf(places));
            if (found.size() == places.size()) {
                return found;
            }
        } catch (Throwable ex) {
            kind = TierFailures.kindOf(ex);
        }
        return Collections.nCopies(places.size(), new TierLookup.Failure(kind));
    }

    private void refuseIfOnlyCached(List<Integer> missing) {
        PromptNotCachedException refusal = null;
        for (int place : missing) {
            try {
                calls.get(place).refuseIfOnlyCached();
            } catch (PromptNotCachedException ex) {
                refusal = ex;
            }
        }
        if (refusal != null) {
            throw refusal;
        }
    }

    private void load(List<Integer> missing) throws Throwable {
        List<Turn> turns = turns(missing);
        try {
            turns.get(0).begin(true);
        } catch (LoadRefusedException refusal) {
            turns.forEach(Turn::refused);
            failed(missing, turns, refusal);
            return;
        }
        List<? extends Object> loaded;
        long began = System.nanoTime();
        try {
            loaded = load.get(missing);
            if (loaded == null || loaded.size() != missing.size()) {
                throw new IllegalStateException("The load gave other than " + missing.size() + " answers");
            }
        } catch (Throwable failure) {
            failed(missing, turns, failure);
            return;
        }
        long share = (System.nanoTime() - began) / missing.size();
        boolean half = Thread.currentThread().isInterrupted();
        Permit permit = turns.get(0).takePermit();
        try {
            for (int i = 0; i < turns.size(); i++) {
                Object answer = loaded.get(i);
                answers[missing.get(i)] = answer;
                calls.get(missing.get(i)).loadedTogether(share);
                turns.get(i).loaded(answer, half);
            }
        } finally {
            if (permit != null) {
                permit.end(costOf(turns));
            }
        }
    }

    /** What all parts cost that tell it; null where none does. */
    private static @Nullable AnswerCost costOf(List<Turn> turns) {
        return turns.stream()
                .map(Turn::cost)
                .filter(Objects::nonNull)
                .reduce(AnswerCost::plus)
                .orElse(null);
    }

    /** Old answers stand in only where there is one for each that is missing. */
    private void failed(List<Integer> missing, List<Turn> turns, Throwable failure) throws Throwable {
        if (!missing.stream().allMatch(place -> calls.get(place).hasOld())) {
            turns.forEach(turn -> turn.brokenOff(failure));
            throw failure;
        }
        boolean served = true;
        for (int i = 0; i < turns.size(); i++) {
            Object old = turns.get(i).failed(failure);
            answers[missing.get(i)] = old;
            served &= old != null;
        }
        if (!served) {
            throw failure;
        }
    }

    private List<Turn> turns(List<Integer> missing) {
        @Nullable Lease[] leases = leases(missing);
        return missing.stream()
                .map(place -> new Turn(rules, calls.get(place), null, leases[place]))
                .toList();
    }

    /** The leases by the places of their calls; one has none where nothing may be stored. */
    private @Nullable Lease[] leases(List<Integer> missing) {
        CacheTier authority = rules.authority();
        if (authority != null) {
            noteFormats(authority, missing);
        }
        List<Integer> storing =
                missing.stream().filter(place -> maybeStored(calls.get(place))).toList();
        @Nullable Lease[] leases = new Lease[answers.length];
        if (authority == null || storing.isEmpty()) {
            return leases;
        }
        List<LeaseAttempt> attempts = attempt(authority, storing);
        for (int i = 0; i < storing.size(); i++) {
            LeaseAttempt attempt = attempts.get(i);
            CallSteps call = calls.get(storing.get(i));
            if (attempt instanceof LeaseAttempt.Granted granted) {
                call.noteFormat(granted.found());
                leases[storing.get(i)] = granted.lease();
            } else if (attempt instanceof LeaseAttempt.Failed failed) {
                call.failed(authority, Operation.LEASE, failed.kind());
            }
        }
        return leases;
    }

    /** Who insists on asking the model has looked nothing up, and has to know what would be overwritten. */
    private void noteFormats(CacheTier authority, List<Integer> missing) {
        List<Integer> unseen = missing.stream()
                .filter(place ->
                        maybeStored(calls.get(place)) && !calls.get(place).isShared())
                .toList();
        List<TierLookup> found = ask(authority, unseen);
        for (int i = 0; i < found.size(); i++) {
            calls.get(unseen.get(i)).noteFormat(found.get(i));
        }
    }

    private static boolean maybeStored(CallSteps call) {
        return !call.passesBy() && !call.isCutOff() && call.hindrance() == null;
    }

    private List<LeaseAttempt> attempt(CacheTier authority, List<Integer> places) {
        FailureKind kind = FailureKind.OTHER;
        try {
            List<LeaseAttempt> attempts =
                    authority.leaseAll(keysOf(places)).toCompletableFuture().get();
            if (attempts.size() == places.size()) {
                return attempts;
            }
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            kind = FailureKind.INTERRUPTED;
        } catch (Throwable ex) {
            kind = TierFailures.kindOf(ex);
        }
        return Collections.nCopies(places.size(), new LeaseAttempt.Failed(kind));
    }

    private List<PromptKey> keysOf(List<Integer> places) {
        return places.stream().map(place -> calls.get(place).key()).toList();
    }
}
