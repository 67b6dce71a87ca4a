package io.github.llmcache.engine;

import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.event.TierFailureEvent.Operation;
import io.github.llmcache.tier.CacheTier;
import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.LeaseAttempt;
import io.github.llmcache.tier.TierLookup;
import io.github.llmcache.tier.TierLookup.Hit;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Decides for a call that missed whose turn it is to ask the model: first among the calls of this JVM, then among all JVMs.
 *
 * <p>Thread-safe, and never blocks.
 */
final class Turns {

    private final Turn.Rules rules;
    private final @Nullable SingleFlight flights;
    private final long maxWaitNanos;

    /**
     * Creates the order of turns.
     *
     * @param rules what all turns have in common
     * @param flights the calls of this JVM, or null if each asks for itself
     * @param maxWait how long a call waits for another JVM
     */
    Turns(Turn.Rules rules, @Nullable SingleFlight flights, Duration maxWait) {
        this.rules = rules;
        this.flights = flights;
        this.maxWaitNanos = maxWait.toNanos();
    }

    /** Waits for the call's turn, or for the answer that makes it needless. */
    Boarding next(CallSteps call) {
        Boarding boarding = new Boarding();
        if (flights == null || !call.isShared()) {
            attempt(boarding, call, null, Long.MIN_VALUE);
            return boarding;
        }
        Flight.Seat seat = flights.join(call.key());
        boarding.waitFor(seat.told());
        seat.told().whenComplete((landing, cancelled) -> {
            if (landing != null) {
                land(boarding, call, seat, landing);
            }
        });
        return boarding;
    }

    private void land(Boarding boarding, CallSteps call, Flight.Seat seat, Landing landing) {
        if (landing instanceof Landing.YourTurn yours) {
            if (yours.lease() != null) {
                boarding.turn().complete(new Turn(rules, call, seat, yours.lease()));
            } else {
                long deadline = seat.boardedAt() + maxWaitNanos;
                boolean overdue = yours.overdue() || deadline - System.nanoTime() <= 0;
                attempt(boarding, call, seat, overdue ? Long.MIN_VALUE : deadline);
            }
        } else if (landing instanceof Landing.Answered answered && isServed(call, answered.hit())) {
            boarding.turn().complete(Turn.coalesced(rules, call, answered.hit()));
        } else if (landing instanceof Landing.Failed failed) {
            fail(boarding, call, failed.failure());
        } else {
            attempt(boarding, call, null, Long.MIN_VALUE);
        }
    }

    private void fail(Boarding boarding, CallSteps call, Throwable failure) {
        Object instead = call.takeOld();
        if (instead != null) {
            boarding.turn().complete(Turn.answered(rules, call, instead));
        } else {
            call.report(CacheOutcome.ERROR);
            boarding.turn().completeExceptionally(failure);
        }
    }

    /**
     * Asks for the lease.
     *
     * @param boarding told of the turn
     * @param call the call
     * @param seat the call's seat in its flight, or null if it asks for itself
     * @param deadline until when to wait for another JVM, or {@link Long#MIN_VALUE} to share nothing
     */
    private void attempt(Boarding boarding, CallSteps call, Flight.@Nullable Seat seat, long deadline) {
        CacheTier authority = rules.authority();
        if (authority == null || call.passesBy() || call.isCutOff() || call.hindrance() != null) {
            boarding.turn().complete(new Turn(rules, call, seat, null));
            return;
        }
        lease(authority, call, deadline != Long.MIN_VALUE)
                .whenComplete((attempt, failure) -> attempted(boarding, call, seat, deadline, authority, attempt));
    }

    private void attempted(
            Boarding boarding,
            CallSteps call,
            Flight.@Nullable Seat seat,
            long deadline,
            CacheTier authority,
            LeaseAttempt attempt) {
        if (attempt instanceof LeaseAttempt.Granted granted) {
            call.noteFormat(granted.found());
            // Who insists on asking the model, or has waited too long, does not ask for what is there.
            Hit found = deadline == Long.MIN_VALUE ? null : freshIn(call, granted.found());
            if (found != null) {
                granted.lease().release();
                answeredElsewhere(boarding, call, seat, found);
            } else {
                boarding.turn().complete(new Turn(rules, call, seat, granted.lease()));
            }
        } else if (attempt instanceof LeaseAttempt.Held held) {
            Hit found = freshIn(call, held.found());
            if (found != null) {
                held.changed().cancel(false);
                answeredElsewhere(boarding, call, seat, found);
            } else if (deadline == Long.MIN_VALUE) {
                // Who shares nothing is always given the lease; a tier that holds it back breaks its contract.
                held.changed().cancel(false);
                boarding.turn().complete(new Turn(rules, call, seat, null));
            } else {
                await(boarding, call, seat, deadline, held.changed());
            }
        } else if (attempt instanceof LeaseAttempt.Failed failed) {
            call.failed(authority, Operation.LEASE, failed.kind());
            boarding.turn().complete(new Turn(rules, call, seat, null));
        }
    }

    private void await(
            Boarding boarding,
            CallSteps call,
            Flight.@Nullable Seat seat,
            long deadline,
            CompletableFuture<Void> changed) {
        long remaining = Math.max(1, deadline - System.nanoTime());
        boarding.waitFor(changed);
        changed.completeOnTimeout(null, remaining, TimeUnit.NANOSECONDS).whenComplete((done, cancelled) -> {
            if (boarding.hasLeft()) {
                if (seat != null) {
                    seat.handOver(null);
                }
            } else if (deadline - System.nanoTime() > 0) {
                attempt(boarding, call, seat, deadline);
            } else {
                if (seat != null) {
                    seat.prolong();
                }
                attempt(boarding, call, seat, Long.MIN_VALUE);
            }
        });
    }

    private void answeredElsewhere(Boarding boarding, CallSteps call, Flight.@Nullable Seat seat, Hit found) {
        if (seat != null) {
            seat.answered(found);
        }
        boarding.turn().complete(Turn.coalesced(rules, call, found));
    }

    /** Takes the turn to refresh an answer that is stale; empty if somebody else refreshes it or has done so. */
    CompletionStage<@Nullable Turn> refresh(CallSteps call, Flight.Seat seat) {
        CacheTier authority = rules.authority();
        if (authority == null) {
            return CompletableFuture.completedFuture(new Turn(rules, call, seat, null).inBackground());
        }
        return lease(authority, call, true).thenApply(attempt -> {
            if (attempt instanceof LeaseAttempt.Granted granted) {
                call.noteFormat(granted.found());
                Hit found = freshIn(call, granted.found());
                if (found == null) {
                    return new Turn(rules, call, seat, granted.lease()).inBackground();
                }
                granted.lease().release();
                seat.answered(found);
            } else if (attempt instanceof LeaseAttempt.Held held) {
                held.changed().cancel(false);
                seat.handOver(null);
            } else {
                seat.handOver(null);
            }
            return null;
        });
    }

    private static @Nullable Hit freshIn(CallSteps call, TierLookup found) {
        // What can't be read is no answer, however fresh it is, and is overwritten.
        return found instanceof Hit hit && call.freshnessOf(hit) == Freshness.FRESH && call.canRead(hit) ? hit : null;
    }

    private static boolean isServed(CallSteps call, Hit hit) {
        Freshness freshness = call.freshnessOf(hit);
        return freshness == Freshness.FRESH || freshness == Freshness.STALE;
    }

    private static CompletionStage<LeaseAttempt> lease(CacheTier authority, CallSteps call, boolean exclusive) {
        try {
            return authority
                    .lease(call.key(), exclusive)
                    .exceptionally(failure -> new LeaseAttempt.Failed(TierFailures.kindOf(failure)));
        } catch (Throwable ex) {
            FailureKind kind = TierFailures.kindOf(ex);
            return CompletableFuture.completedFuture(new LeaseAttempt.Failed(kind));
        }
    }
}
