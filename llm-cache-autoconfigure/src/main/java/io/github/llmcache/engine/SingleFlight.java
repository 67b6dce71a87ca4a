package io.github.llmcache.engine;

import io.github.llmcache.key.PromptKey;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Brings the equal calls of this JVM together, so that one asks the model for all of them.
 *
 * <p>Thread-safe.
 */
final class SingleFlight {

    private final ConcurrentMap<PromptKey, Flight> flights = new ConcurrentHashMap<>();
    private final long maxWaitNanos;
    private final ScheduledExecutorService timer;

    SingleFlight(Duration maxWait, ScheduledExecutorService timer) {
        this.maxWaitNanos = maxWait.toNanos();
        this.timer = timer;
    }

    /** Takes a seat in the flight for a key. */
    Flight.Seat join(PromptKey key) {
        while (true) {
            Flight flight = flights.computeIfAbsent(key, this::begin);
            Flight.Seat seat = flight.board();
            if (seat != null) {
                return seat;
            }
            flights.remove(key, flight);
        }
    }

    /** Takes the first seat in a flight of one's own, or null if there is one under way already. */
    Flight.@Nullable Seat joinFirst(PromptKey key) {
        Flight flight = begin(key);
        Flight.Seat seat = flight.board();
        return flights.putIfAbsent(key, flight) == null ? seat : null;
    }

    int size() {
        return flights.size();
    }

    private Flight begin(PromptKey key) {
        return new Flight(flight -> flights.remove(key, flight), maxWaitNanos, timer);
    }
}
