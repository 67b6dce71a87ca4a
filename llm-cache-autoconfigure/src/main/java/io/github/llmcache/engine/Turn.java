package io.github.llmcache.engine;

import io.github.llmcache.engine.LoadGuard.Permit;
import io.github.llmcache.event.AnswerCost;
import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.event.RejectionReason;
import io.github.llmcache.event.TierFailureEvent.Operation;
import io.github.llmcache.model.ModelConfigRegistry;
import io.github.llmcache.tier.CacheEntry;
import io.github.llmcache.tier.CacheTier;
import io.github.llmcache.tier.Lease;
import io.github.llmcache.tier.TierLookup.Hit;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One call's turn to ask the model, from the guards to the write back, or the answer that makes it needless.
 *
 * <p>Ends once. What the model threw goes to the caller untouched; nothing else is ever thrown but the refusal of a guard.
 */
final class Turn implements PromptTurn {

    /** What all turns have in common. */
    record Rules(
            List<CacheTier> tiers,
            LoadGuard guards,
            AdmissionPolicy admission,
            ModelConfigRegistry models,
            InstantSource clock) {

        @Nullable
        CacheTier authority() {
            return tiers.isEmpty() ? null : tiers.get(tiers.size() - 1);
        }
    }

    enum State {
        WAITED_FOR,
        DETACHED,
        ENDED
    }

    private final Rules rules;
    private final CallSteps call;
    private final Flight.@Nullable Seat seat;
    private final @Nullable Lease lease;
    private final AtomicReference<State> state = new AtomicReference<>(State.WAITED_FOR);
    private @Nullable Hit coalesced;
    private @Nullable Object answer;
    private final AtomicReference<@Nullable Permit> permit = new AtomicReference<>();
    private boolean refused;

    Turn(Rules rules, CallSteps call, Flight.@Nullable Seat seat, @Nullable Lease lease) {
        this.rules = rules;
        this.call = call;
        this.seat = seat;
        this.lease = lease;
    }

    /** A call that another call's load has answered. */
    static Turn coalesced(Rules rules, CallSteps call, Hit hit) {
        Turn turn = new Turn(rules, call, null, null);
        turn.coalesced = hit;
        return turn;
    }

    /** A call that has its answer already. */
    static Turn answered(Rules rules, CallSteps call, Object answer) {
        Turn turn = new Turn(rules, call, null, null);
        turn.answer = answer;
        return turn;
    }

    /** A call whose answer nobody waits for any more. */
    Turn inBackground() {
        state.set(State.DETACHED);
        return this;
    }

    @Override
    public @Nullable Object answer() {
        Hit hit = coalesced;
        if (hit != null) {
            coalesced = null;
            answer = call.open("memory", hit);
            if (answer != null) {
                call.saved(hit);
                call.report(CacheOutcome.COALESCED);
            }
        }
        return answer;
    }

    @Override
    public boolean takesAnswer() {
        return !call.passesBy();
    }

    /** Whether others wait for what this turn brings. */
    boolean isAwaited() {
        return seat != null && seat.isAwaited();
    }

    /** Asks the guards; {@link #failed} takes what they throw. */
    void begin(boolean mayBlock) {
        try {
            permit.set(rules.guards().ask(call.request(mayBlock)));
        } catch (LoadRefusedException refusal) {
            refused = true;
            throw refusal;
        }
        if (state.get() == State.ENDED) {
            // The caller has left while the guards were asked.
            endPermit();
        }
        call.loading();
    }

    /** Hands the permit to the batch that this turn is the first one of; null if there is none any more. */
    @Nullable
    Permit takePermit() {
        return permit.getAndSet(null);
    }

    /** What the model's answer cost, once it is there; null where it does not tell. */
    @Nullable
    AnswerCost cost() {
        return call.cost();
    }

    /** Another part of the same batch was refused by the guards. */
    void refused() {
        refused = true;
    }

    @Override
    public void loaded(@Nullable Object answer) {
        loaded(answer, false);
    }

    /** The model has answered: the answer is stored, if it may be, before anybody else holds it. */
    void loaded(@Nullable Object answer, boolean interrupted) {
        State before = state.getAndSet(State.ENDED);
        if (before == State.ENDED) {
            return;
        }
        call.loaded();
        try {
            try {
                call.took(answer);
            } finally {
                Permit given = permit.getAndSet(null);
                if (given != null) {
                    given.end(call.cost());
                }
            }
            if (!call.passesBy()) {
                settle(
                        interrupted
                                ? Admission.rejected(RejectionReason.INTERRUPTED)
                                : Admission.of(
                                        answer,
                                        call.asked(),
                                        rules.admission(),
                                        rules.models(),
                                        rules.clock().instant()));
            }
        } finally {
            report(before, CacheOutcome.MISS);
        }
    }

    @Override
    public @Nullable Object failed(Throwable failure) {
        return failed(failure, true);
    }

    @Override
    public void brokenOff(Throwable failure) {
        failed(failure, false);
    }

    private @Nullable Object failed(Throwable failure, boolean oldWillDo) {
        State before = end();
        if (before == State.ENDED) {
            return null;
        }
        if (!refused) {
            call.loaded();
        }
        boolean own = refused || isOwn(failure);
        if (own) {
            handOver();
        } else {
            release();
            if (seat != null) {
                seat.failed(failure);
            }
        }
        Object instead = oldWillDo && (refused || !own) && before != State.DETACHED ? call.takeOld() : null;
        if (instead == null) {
            report(before, refused ? CacheOutcome.REFUSED : CacheOutcome.ERROR);
        }
        return instead;
    }

    @Override
    public void abandoned() {
        call.loaded();
        State before = passOn();
        if (before != State.ENDED) {
            report(before, CacheOutcome.ERROR);
        }
    }

    /** Gives the turn, if it is one, to another call, and says nothing of this one. */
    State passOn() {
        State before = coalesced == null && answer == null ? end() : State.ENDED;
        if (before != State.ENDED) {
            handOver();
        }
        return before;
    }

    /** The caller takes the old answer instead; null if the model has answered or failed just now. */
    @Nullable
    Object detach() {
        return state.compareAndSet(State.WAITED_FOR, State.DETACHED) ? call.takeOld() : null;
    }

    private State end() {
        State before = state.getAndSet(State.ENDED);
        endPermit();
        return before;
    }

    private void endPermit() {
        Permit given = permit.getAndSet(null);
        if (given != null) {
            given.end();
        }
    }

    private void report(State before, CacheOutcome outcome) {
        if (before != State.DETACHED) {
            call.report(outcome);
        } else if (!refused) {
            call.refreshed(outcome == CacheOutcome.MISS);
        }
    }

    private void settle(Admission admission) {
        CacheEntry entry = admission.entry();
        RejectionReason reason = admission.rejection() == null ? hindrance() : admission.rejection();
        if (reason != null) {
            call.reject(reason);
        }
        if (reason == RejectionReason.INTERRUPTED) {
            handOver();
            return;
        }
        if (entry == null) {
            release();
            if (seat != null) {
                seat.unshared();
            }
        } else if (reason != null) {
            release();
            tell(entry, true);
        } else {
            // Those who wait may have come after an eviction that the lease knows of and they do not.
            store(entry).whenComplete((kept, failure) -> tell(entry, failure != null || kept));
        }
    }

    private void tell(CacheEntry entry, boolean stillTrue) {
        if (seat != null && stillTrue) {
            seat.answered(new Hit(entry));
        } else if (seat != null) {
            seat.handOver(null);
        }
    }

    private @Nullable RejectionReason hindrance() {
        RejectionReason reason = call.hindrance();
        return reason == null && lease == null && !rules.tiers().isEmpty() ? RejectionReason.NO_LEASE : reason;
    }

    /** Stores the answer in all tiers; tells whether the farthest one has kept it. */
    private CompletionStage<Boolean> store(CacheEntry entry) {
        Duration ttl = Duration.between(entry.createdAt(), entry.freshUntil())
                .plus(call.asked().policy().staleness().grace());
        CompletionStage<Boolean> last = CompletableFuture.completedFuture(true);
        for (CacheTier tier : rules.tiers()) {
            last = store(tier, entry, ttl);
            last.whenComplete((kept, failure) -> {
                if (failure != null) {
                    call.failed(tier, Operation.STORE, TierFailures.kindOf(failure));
                } else if (!kept) {
                    call.reject(RejectionReason.EVICTED);
                }
            });
        }
        return last;
    }

    private CompletionStage<Boolean> store(CacheTier tier, CacheEntry entry, Duration ttl) {
        try {
            return lease != null && tier == rules.authority()
                    ? lease.store(entry, ttl)
                    : tier.store(call.key(), entry, ttl).thenApply(done -> true);
        } catch (Throwable ex) {
            // A tier of the user's own may break the contract; the caller does not pay for it.
            return CompletableFuture.failedFuture(ex);
        }
    }

    private void handOver() {
        if (seat != null) {
            seat.handOver(lease);
        } else {
            release();
        }
    }

    private void release() {
        if (lease != null) {
            lease.release();
        }
    }

    /** Whether a failure says that this caller was told to stop, rather than that the model failed. */
    private static boolean isOwn(Throwable failure) {
        if (Thread.currentThread().isInterrupted()) {
            return true;
        }
        int depth = 0;
        for (Throwable cause = failure; cause != null && depth < 20; cause = cause.getCause(), depth++) {
            if (cause instanceof InterruptedException
                    || cause instanceof CancellationException
                    || cause instanceof ClosedByInterruptException) {
                return true;
            }
        }
        return false;
    }
}
