package io.github.llmcache.engine;

import io.github.llmcache.tier.Lease;
import io.github.llmcache.tier.TierLookup.Hit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The equal calls of this JVM that are under way at the same time: one has the turn to ask the model, the others wait.
 *
 * <p>Thread-safe. Nobody is told of anything while the lock is held.
 */
final class Flight {

    private final Consumer<Flight> landing;
    private final long maxWaitNanos;
    private final ScheduledExecutorService timer;

    private final Deque<Seat> waiting = new ArrayDeque<>();
    private @Nullable Seat leader;
    private long turnBeganAt;
    private boolean landed;
    private boolean timed;
    private @Nullable Future<?> alarm;

    /**
     * Creates a flight without anybody in it.
     *
     * @param landing told once, when the flight takes nobody any more
     * @param maxWaitNanos how long one waits before one takes over
     * @param timer calls when that time has passed
     */
    Flight(Consumer<Flight> landing, long maxWaitNanos, ScheduledExecutorService timer) {
        this.landing = landing;
        this.maxWaitNanos = maxWaitNanos;
        this.timer = timer;
    }

    /** Takes a seat; the first one has the turn. Null if the flight takes nobody any more. */
    synchronized @Nullable Seat board() {
        if (landed) {
            return null;
        }
        Seat seat = new Seat();
        if (leader == null) {
            lead(seat);
            seat.told.complete(new Landing.YourTurn(null, false));
        } else {
            waiting.add(seat);
            time();
        }
        return seat;
    }

    private void lead(Seat seat) {
        leader = seat;
        turnBeganAt = System.nanoTime();
    }

    /** One call in the flight. */
    final class Seat {

        private final long boardedAt = System.nanoTime();
        private final CompletableFuture<Landing> told = new CompletableFuture<>();

        /** When the wait began, in nanoseconds as of {@link System#nanoTime}. */
        long boardedAt() {
            return boardedAt;
        }

        /** Completes when the wait has ended; cancel it to leave. */
        CompletableFuture<Landing> told() {
            return told;
        }

        /** Whether others wait for what this call's turn brings. */
        boolean isAwaited() {
            synchronized (Flight.this) {
                return leader == this && waiting.stream().anyMatch(seat -> !seat.told.isDone());
            }
        }

        /** The turn goes on, but another wait begins for those who wait for it. */
        void prolong() {
            synchronized (Flight.this) {
                if (leader == this) {
                    turnBeganAt = System.nanoTime();
                }
            }
        }

        /** The model has answered: all get the answer, even if another has taken over meanwhile. */
        void answered(Hit hit) {
            land(new Landing.Answered(hit), false);
        }

        /** The model has failed, and so have all, unless another has taken over meanwhile. */
        void failed(Throwable failure) {
            land(new Landing.Failed(failure), true);
        }

        /** The answer is nobody else's. */
        void unshared() {
            land(new Landing.OnYourOwn(), true);
        }

        /** The turn goes to the one who has waited longest; where nobody waits the lease is released. */
        void handOver(@Nullable Lease lease) {
            Seat next = leaderAfter(this);
            while (next != null && !next.told.complete(new Landing.YourTurn(lease, false))) {
                next = leaderAfter(next);
            }
            if (next == null && lease != null) {
                lease.release();
            }
        }

        private @Nullable Seat leaderAfter(Seat former) {
            synchronized (Flight.this) {
                if (leader != former || landed) {
                    return null;
                }
                Seat next = waiting.poll();
                if (next != null) {
                    lead(next);
                    return next;
                }
                landed();
            }
            landing.accept(Flight.this);
            return null;
        }

        private void land(Landing how, boolean onlyByLeader) {
            List<Seat> seats;
            synchronized (Flight.this) {
                if (landed || onlyByLeader && leader != this) {
                    return;
                }
                landed();
                seats = new ArrayList<>(waiting);
                waiting.clear();
            }
            landing.accept(Flight.this);
            seats.forEach(seat -> seat.told.complete(how));
        }
    }

    private void overdue() {
        Seat first;
        synchronized (this) {
            timed = false;
            waiting.removeIf(seat -> seat.told.isDone());
            first = waiting.peek();
            if (landed || first == null) {
                return;
            }
            if (remaining(first) > 0) {
                time();
                return;
            }
            waiting.poll();
            lead(first);
            time();
        }
        if (!first.told.complete(new Landing.YourTurn(null, true))) {
            first.handOver(null);
        }
    }

    private void landed() {
        landed = true;
        if (alarm != null) {
            alarm.cancel(false);
        }
    }

    private void time() {
        Seat first = waiting.peek();
        if (!timed && first != null) {
            timed = true;
            try {
                alarm = timer.schedule(this::overdue, Math.max(1, remaining(first)), TimeUnit.NANOSECONDS);
            } catch (RejectedExecutionException ex) {
                // The application ends; whoever asks the model still answers those who wait.
                timed = false;
            }
        }
    }

    private long remaining(Seat first) {
        long since = turnBeganAt - first.boardedAt > 0 ? turnBeganAt : first.boardedAt;
        return since + maxWaitNanos - System.nanoTime();
    }
}
