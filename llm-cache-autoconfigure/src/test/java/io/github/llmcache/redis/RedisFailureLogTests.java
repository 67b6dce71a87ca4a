package io.github.llmcache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llmcache.tier.FailureKind;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A failing server is told of at once, and then once a minute. */
@ExtendWith(OutputCaptureExtension.class)
class RedisFailureLogTests {

    private Instant now = Instant.parse("2026-11-01T12:00:00Z");
    private final RedisFailureLog log = new RedisFailureLog("redis.example:6379", new InstantSource() {
        @Override
        public Instant instant() {
            return now;
        }
    });

    @Test
    void a_failure_is_told_once_a_minute(CapturedOutput output) {
        for (int second = 0; second < 180; second++) {
            log.failed(FailureKind.TIMEOUT);
            now = now.plusSeconds(1);
        }

        assertThat(RedisOutageTests.warnings(output)).hasSize(3);
    }

    @Test
    void each_kind_of_failure_has_a_minute_of_its_own_and_names_the_server(CapturedOutput output) {
        Set<FailureKind> kinds = EnumSet.complementOf(EnumSet.of(FailureKind.CONNECTING, FailureKind.CIRCUIT_OPEN));
        for (FailureKind kind : kinds) {
            log.failed(kind);
            log.failed(kind);
        }

        assertThat(RedisOutageTests.warnings(output))
                .hasSameSizeAs(kinds)
                .allMatch(line -> line.contains("Redis at redis.example:6379 "))
                .doesNotHaveDuplicates();
    }

    @Test
    void a_first_connection_that_is_still_being_made_is_no_reason_to_warn(CapturedOutput output) {
        log.failed(FailureKind.CONNECTING);

        assertThat(RedisOutageTests.warnings(output)).isEmpty();
    }

    @Test
    void a_clock_that_is_set_back_silences_nothing(CapturedOutput output) {
        log.failed(FailureKind.TIMEOUT);
        now = now.minus(Duration.ofHours(1));
        log.failed(FailureKind.TIMEOUT);

        assertThat(RedisOutageTests.warnings(output)).hasSize(2);
    }
}
