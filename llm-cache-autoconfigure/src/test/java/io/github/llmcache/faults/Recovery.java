package io.github.llmcache.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;

/**
 * How long after a server answered the cache worked again.
 *
 * @param firstHit until an answer came from Redis
 * @param settled until nothing of the cache failed any more, which on a busy machine may be long after that
 * @param near until an answer came from memory, zero where none is to
 */
record Recovery(Duration firstHit, Duration settled, Duration near) {

    /** The promise is two seconds; more than that is for busy machines, and the measured figures are told in the docs. */
    private static final Duration BOUND = Duration.ofSeconds(5);

    void isInTime() {
        assertThat(firstHit).isLessThan(BOUND);
        assertThat(near).isLessThan(BOUND);
    }
}
