package io.github.llmcache.autoconfigure.redis;

import static io.github.llmcache.redis.Applications.awaitHit;
import static io.github.llmcache.redis.Applications.outcomeOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.near.NearCacheTier;
import io.github.llmcache.redis.Applications;
import io.github.llmcache.redis.Oracle;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.tier.CacheEvictor;
import io.github.llmcache.tier.Eviction;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The evictor of an application. */
class CacheEvictorTests {

    private final RealRedis redis = RealRedis.shared();

    @Test
    void it_takes_away_what_calls_have_stored() {
        Applications.on(redis).run(context -> {
            Oracle oracle = context.getBean(Oracle.class);
            awaitHit(context, () -> oracle.ask("Why?"));
            CacheEvictor evictor = context.getBean(CacheEvictor.class);

            assertThat(evictor.evict("prompt", new Eviction.OfModel("demo"))).isEqualTo(1);

            assertThat(outcomeOf(context, () -> oracle.ask("Why?"))).isEqualTo(CacheOutcome.MISS);
            assertThat(evictor.settlingTime()).isEqualTo(NearCacheTier.SETTLING);
        });
    }

    @Test
    void an_evictor_of_the_application_s_own_takes_its_place() {
        CacheEvictor own = new CacheEvictor() {
            @Override
            public long evict(String cache, Eviction eviction) {
                return 0;
            }

            @Override
            public Duration settlingTime() {
                return Duration.ZERO;
            }
        };
        Applications.on(redis)
                .withBean(CacheEvictor.class, () -> own)
                .run(context -> assertThat(context.getBean(CacheEvictor.class)).isSameAs(own));
    }
}
