package io.github.llmcache.autoconfigure.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.github.llmcache.autoconfigure.near.LlmCacheNearAutoConfiguration;
import io.github.llmcache.engine.CacheMode;
import io.github.llmcache.engine.PromptCallObserver;
import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.redis.Applications;
import io.github.llmcache.redis.CacheConnection;
import io.github.llmcache.redis.Oracle;
import io.github.llmcache.redis.RedisCacheModes;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.tier.TierException;
import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisCredentialsProvider;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.SmartLifecycle;
import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.connection.lettuce.RedisCredentialsProviderFactory;

/** The cache connects when the beans are made, or for the first who asks. */
@ExtendWith(OutputCaptureExtension.class)
class ConnectionStartTests {

    private final RealRedis redis = RealRedis.shared();
    private final ApplicationContextRunner application = Applications.on(redis)
            .withConfiguration(AutoConfigurations.of(LlmCacheNearAutoConfiguration.class))
            .withPropertyValues("spring.data.redis.client-name=starting");

    @Test
    void while_the_beans_are_made_it_does_nothing_and_then_it_connects_unasked() {
        Spy spy = new Spy(redis.commands());
        application.withBean(Spy.class, () -> spy).run(context -> {
            assertThat(spy.threads).isEmpty();
            // One that reads, and one that is told what changes.
            await().until(() -> spy.connections() >= 2);
        });
    }

    @Test
    void a_bean_that_asks_while_it_is_made_is_answered_from_redis() {
        application.run(context -> Applications.awaitHit(
                context, () -> context.getBean(Oracle.class).ask("Why?")));

        application.withBean(Early.class).run(context -> {
            assertThat(context.getBean(Early.class).outcome).isEqualTo(CacheOutcome.HIT);
            assertThat(context.getBean(Oracle.class).calls()).isZero();
        });
    }

    @Test
    void what_takes_requests_starts_after_it() {
        application.withBean(Server.class).run(context -> assertThat(context.getBean(Server.class).connecting)
                .isTrue());
    }

    @Test
    @Timeout(30)
    void one_that_nobody_asked_anything_ends_with_nobody_waiting() {
        LettuceConnectionFactory users = new LettuceConnectionFactory("127.0.0.1", redis.port());
        users.afterPropertiesSet();
        users.start();
        try {
            CacheConnection connection = CacheConnection.derivedFrom(users, Duration.ofMinutes(10), Clock.systemUTC());
            connection.close();

            assertThatThrownBy(() -> connection.factory().getConnection()).isInstanceOf(TierException.class);
            connection.start();
            assertThat(cacheThreads()).isEmpty();
        } finally {
            users.destroy();
        }
    }

    @Test
    void a_cache_that_is_off_answers_nobody_even_if_connecting_takes_longer_than_calls_wait() {
        try (RealRedis late = RealRedis.start()) {
            ApplicationContextRunner impatient =
                    Applications.on(late).withPropertyValues("llm-cache.redis.timeout=250ms");
            impatient.run(context -> Applications.awaitHit(
                    context, () -> context.getBean(Oracle.class).ask("Why?")));
            late.commands().hset("llm-cache:mode", "*", "off");
            late.pause();

            impatient.run(context -> {
                Oracle oracle = context.getBean(Oracle.class);
                assertThat(Applications.outcomeOf(context, () -> oracle.ask("Why?")))
                        .isEqualTo(CacheOutcome.BYPASS);
                late.resume();
                RedisCacheModes modes = context.getBean(RedisCacheModes.class);
                await().pollDelay(Duration.ZERO)
                        .pollInterval(Duration.ofMillis(1))
                        .until(() -> {
                            assertThat(Applications.outcomeOf(context, () -> oracle.ask("Why?")))
                                    .isEqualTo(CacheOutcome.BYPASS);
                            return modes.switchedTo(null) == CacheMode.OFF;
                        });
            });
        }
    }

    @Test
    void a_client_that_can_not_be_made_is_told_once_with_its_reason_and_calls_go_on(CapturedOutput output) {
        AtomicInteger made = new AtomicInteger();
        Applications.on(redis)
                .withBean(
                        RedisConnectionFactory.class,
                        () -> new LettuceConnectionFactory(
                                new RedisStandaloneConfiguration("127.0.0.1", redis.port()),
                                LettuceClientConfiguration.builder()
                                        .redisCredentialsProviderFactory(new OnlyForTheApplication(made))
                                        .build()))
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    Oracle oracle = context.getBean(Oracle.class);
                    for (int i = 0; i < 5; i++) {
                        assertThat(oracle.ask("Why?")).isEqualTo(Oracle.answerTo("Why?"));
                    }
                    assertThat(oracle.calls()).isEqualTo(5);
                    await().until(() -> output.getOut().contains("could not be made"));
                    // It is asked for four times a second, and each time is not to remember all before.
                    RedisConnectionFactory ours =
                            context.getBean(CacheConnection.class).factory();
                    await().during(Duration.ofSeconds(2)).until(() -> causes(ours) <= 3);
                });
        assertThat(output.getOut().lines().filter(line -> line.contains("could not be made, so calls go on")))
                .hasSize(1);
        assertThat(output).contains("No more credentials");
    }

    /** Gives no credentials to anybody but the first. */
    private record OnlyForTheApplication(AtomicInteger asked) implements RedisCredentialsProviderFactory {

        @Override
        public RedisCredentialsProvider createCredentialsProvider(RedisConfiguration configuration) {
            if (asked.getAndIncrement() > 0) {
                throw new IllegalStateException("No more credentials");
            }
            return RedisCredentialsProvider.from(() -> RedisCredentials.just(null, (CharSequence) null));
        }
    }

    private static int causes(RedisConnectionFactory factory) {
        int causes = 0;
        Throwable cause = catchThrowable(factory::getConnection);
        while (cause.getCause() != null) {
            causes++;
            cause = cause.getCause();
        }
        return causes;
    }

    private static List<String> cacheThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("llm-cache-redis-connector")
                        || name.startsWith("llm-cache-redis-tracking")
                        || name.startsWith("llm-cache-modes"))
                .toList();
    }

    /** Looks which threads of the cache there are when all beans are made. */
    static final class Spy implements SmartInitializingSingleton {

        private final RedisCommands<String, String> commands;
        private List<String> threads = List.of("not looked at");

        Spy(RedisCommands<String, String> commands) {
            this.commands = commands;
        }

        @Override
        public void afterSingletonsInstantiated() {
            threads = cacheThreads();
        }

        long connections() {
            return commands.clientList()
                    .lines()
                    .filter(line -> line.contains("name=starting"))
                    .count();
        }
    }

    /** Asks when it is made. */
    static final class Early {

        private final CacheOutcome outcome;

        Early(Oracle oracle, PromptCallObserver observer) throws Exception {
            this.outcome = observer.observe(() -> oracle.ask("Why?")).outcome().orElseThrow();
        }
    }

    /** Starts where Boot's web servers do. */
    static final class Server implements SmartLifecycle {

        private boolean connecting;

        @Override
        public void start() {
            connecting = !cacheThreads().isEmpty();
        }

        @Override
        public void stop() {}

        @Override
        public boolean isRunning() {
            return false;
        }

        @Override
        public int getPhase() {
            return SmartLifecycle.DEFAULT_PHASE - 2048;
        }
    }
}
