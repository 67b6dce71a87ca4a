package io.github.llmcache.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llmcache.engine.EngineOptions;
import io.github.llmcache.engine.EngineThreads;
import io.github.llmcache.engine.PromptCache;
import io.github.llmcache.engine.PromptCallObserver;
import io.github.llmcache.event.GuardedListeners;
import io.github.llmcache.event.PromptCacheListener;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.tier.CacheTier;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** A wall clock that is set back and forth, under load. */
@Tag("faults")
class ClockFaultsTests {

    @Test
    void a_clock_that_is_set_back_and_forth() {
        try (RealRedis redis = RealRedis.start()) {
            ApplicationContextRunner application =
                    Stage.application(redis).withUserConfiguration(AdjustableClock.class);
            Stage.play(application, Stage.application(redis), List.of(redis), stage -> {
                SetClock clock = stage.context().getBean(SetClock.class);
                for (Duration offset : List.of(
                        Duration.ofHours(-1), Duration.ofDays(-400), Duration.ofHours(2), Duration.ofSeconds(-3))) {
                    clock.offset = offset;
                    Timeline.Watch watch = stage.load().timeline().watch(key -> true);
                    stage.load().goOn(Duration.ofSeconds(1));
                    stage.recovers("clock off by " + offset, watch);
                }
                assertThat(stage.load().timeline().failures().keySet())
                        .noneMatch(failure -> failure.endsWith("UNREADABLE") || failure.endsWith("OTHER"));
            });
        }
    }

    /** A clock of the engine that a test sets. */
    static final class SetClock implements InstantSource {

        private volatile Duration offset = Duration.ZERO;

        @Override
        public Instant instant() {
            return Instant.now().plus(offset);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class AdjustableClock {

        @Bean
        SetClock setClock() {
            return new SetClock();
        }

        @Bean
        PromptCache llmPromptCache(
                SetClock clock,
                ObjectProvider<CacheTier> tiers,
                ObjectProvider<PromptCacheListener> listeners,
                PromptCallObserver observer,
                EngineOptions options,
                EngineThreads threads) {
            return new PromptCache(
                    tiers.orderedStream().toList(),
                    new GuardedListeners(listeners.orderedStream().toList()),
                    observer,
                    clock,
                    options,
                    threads);
        }
    }
}
