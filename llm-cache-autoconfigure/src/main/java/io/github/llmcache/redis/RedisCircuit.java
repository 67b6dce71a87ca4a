package io.github.llmcache.redis;

import io.github.llmcache.tier.Circuit;
import io.github.llmcache.tier.CircuitState;
import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.TierLookup;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.StateTransition;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.time.Clock;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides from the last look-ups whether Redis is asked.
 *
 * <p>Look-ups alone decide, because callers wait for them and for nothing else: a server that takes no writes still
 * answers reads. Only what tells that the server is gone or slow counts against it; an answer of any kind counts for it.
 * Thread-safe, and without a thread of its own: an open circuit is tried again by the look-up that comes after the wait, or
 * after the connection was made.
 */
public final class RedisCircuit implements Circuit {

    private final CircuitBreaker breaker;

    /**
     * Creates the circuit, closed.
     *
     * @param settings when it opens and closes
     * @param connection names the server in the log, and tells when it stands
     */
    public RedisCircuit(CircuitSettings settings, CacheConnection connection) {
        this(settings, connection.server(), System::nanoTime);
        connection.onConnected(this::tryAtOnce);
    }

    RedisCircuit(CircuitSettings settings, String server, LongSupplier nanoTime) {
        Clock clock = new MonotonicClock(nanoTime);
        this.breaker = CircuitBreaker.of("llm-cache-redis", config(settings, clock));
        RedisCircuitLog log = new RedisCircuitLog(server, clock);
        breaker.getEventPublisher().onStateTransition(event -> {
            if (event.getStateTransition() == StateTransition.CLOSED_TO_OPEN) {
                log.opened(settings.waitDuration());
            } else if (event.getStateTransition() == StateTransition.HALF_OPEN_TO_CLOSED) {
                log.closed();
            }
        });
    }

    private static CircuitBreakerConfig config(CircuitSettings settings, Clock clock) {
        return CircuitBreakerConfig.custom()
                .failureRateThreshold(settings.failureRateThreshold())
                .slidingWindow(
                        settings.slidingWindowSize(), settings.minimumNumberOfCalls(), SlidingWindowType.COUNT_BASED)
                .waitDurationInOpenState(settings.waitDuration())
                .permittedNumberOfCallsInHalfOpenState(settings.permittedProbes())
                .recordResult(result -> result == Verdict.FAILED)
                .clock(clock)
                .build();
    }

    @Override
    public CircuitState state() {
        return switch (breaker.getState()) {
            case OPEN, FORCED_OPEN -> CircuitState.OPEN;
            case HALF_OPEN -> CircuitState.HALF_OPEN;
            case CLOSED, DISABLED, METRICS_ONLY -> CircuitState.CLOSED;
        };
    }

    /** Ends the wait, if there is one: something has changed. */
    void tryAtOnce() {
        if (breaker.getState() == State.OPEN) {
            breaker.transitionToHalfOpenState();
        }
    }

    /** Whether a look-up may take place; one that may has to be followed by {@link #lookedUp}, whatever happens. */
    boolean mayLookUp() {
        return breaker.tryAcquirePermission();
    }

    /** A look-up has ended, with null if it threw. */
    void lookedUp(@Nullable TierLookup lookup) {
        Verdict verdict = verdict(lookup);
        if (verdict == Verdict.NONE) {
            breaker.releasePermission();
        } else {
            // How long it took does not matter: what took too long is a timeout.
            breaker.onResult(0, TimeUnit.NANOSECONDS, verdict);
        }
    }

    /**
     * Whether a write may take place: while the circuit is half open, only once a look-up has been answered, so that the
     * answers of those who try Redis are kept, and nobody else's are sent to a server that may still be gone.
     */
    boolean mayStore() {
        State state = breaker.getState();
        return state == State.CLOSED
                || state == State.HALF_OPEN && breaker.getMetrics().getNumberOfSuccessfulCalls() > 0;
    }

    private static Verdict verdict(@Nullable TierLookup lookup) {
        if (lookup == null) {
            return Verdict.NONE;
        }
        return lookup instanceof TierLookup.Failure failure ? verdict(failure.kind()) : Verdict.ANSWERED;
    }

    private static Verdict verdict(FailureKind kind) {
        return switch (kind) {
            case CONNECTION, TIMEOUT, OVERLOADED, OTHER -> Verdict.FAILED;
            // Nothing is known yet of a server that is being connected to, nor of one that was not waited for.
            case CONNECTING, INTERRUPTED, CIRCUIT_OPEN -> Verdict.NONE;
            // A server that refuses has answered, and nobody has waited.
            case WRONG_TYPE, UNREADABLE, NEWER_FORMAT, OUT_OF_MEMORY, READ_ONLY, DENIED -> Verdict.ANSWERED;
        };
    }

    private enum Verdict {
        ANSWERED,
        FAILED,
        NONE
    }
}
