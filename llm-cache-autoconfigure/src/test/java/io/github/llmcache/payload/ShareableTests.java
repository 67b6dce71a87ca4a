package io.github.llmcache.payload;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which answers several callers may hold at once. */
class ShareableTests {

    record Fact(String text, int year, @Nullable Instant at, Optional<Fact> cause) {}

    record Tags(List<String> tags) {}

    record Box(Object content) {}

    record Number(BigDecimal value) {}

    static class Growing extends BigDecimal {

        private static final long serialVersionUID = 1L;

        Growing() {
            super("1");
        }
    }

    @Test
    void what_nobody_can_change_is_shared() {
        assertThat(List.of(
                        "text",
                        1,
                        1L,
                        1.5,
                        true,
                        'c',
                        new BigDecimal("1.5"),
                        BigInteger.TEN,
                        UUID.randomUUID(),
                        DayOfWeek.MONDAY,
                        Instant.EPOCH,
                        Duration.ZERO,
                        ZonedDateTime.now(ZoneId.of("Europe/Vienna")),
                        ZoneId.of("Europe/Vienna"),
                        OptionalInt.of(1),
                        Optional.empty(),
                        Optional.of("text"),
                        new Fact("a", 1, null, Optional.of(new Fact("b", 2, Instant.EPOCH, Optional.empty()))),
                        new Box("text"),
                        new Number(BigDecimal.ONE)))
                .allMatch(Shareable::test);
    }

    @Test
    void what_somebody_might_change_is_not() {
        assertThat(List.of(
                        new ArrayList<>(List.of("text")),
                        List.of("text"),
                        Map.of("a", "b"),
                        new String[] {"text"},
                        new byte[0],
                        new Date(),
                        new StringBuilder(),
                        new AtomicInteger(),
                        new Object(),
                        new Tags(List.of("a")),
                        new Box(new HashMap<>()),
                        new Box(new Box(new int[] {1})),
                        Optional.of(new ArrayList<>()),
                        new Growing(),
                        new Number(new Growing())))
                .noneMatch(Shareable::test);
    }
}
