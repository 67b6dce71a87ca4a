package io.github.llmcache.autoconfigure.redis;

import static io.github.llmcache.redis.Applications.awaitHit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.llmcache.redis.Applications;
import io.github.llmcache.redis.CacheConnection;
import io.github.llmcache.redis.Oracle;
import io.github.llmcache.redis.WrappedConnectionFactory;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.tier.CacheBrowser;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ReadFrom;
import io.lettuce.core.resource.ClientResources;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.RedisStaticMasterReplicaConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** The cache's own connection: like the application's, and apart from it. */
class CacheConnectionTests {

    private final RealRedis redis = RealRedis.shared();

    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void the_application_s_password_database_and_client_name_are_the_cache_s_too(String client) {
        try (RealRedis guarded = RealRedis.start()) {
            guarded.commands().configSet("requirepass", "secret");
            Applications.on(guarded)
                    .withPropertyValues(
                            "spring.data.redis.client-type=" + client,
                            "spring.data.redis.password=secret",
                            "spring.data.redis.database=3",
                            "spring.data.redis.client-name=shop")
                    .run(context -> {
                        awaitHit(context, () -> context.getBean(Oracle.class).ask("Why?"));

                        assertThat(guarded.commands().info("keyspace"))
                                .contains("db3:keys=")
                                .doesNotContain("db0:");
                        assertThat(clients(guarded, "name=shop"))
                                .isNotEmpty()
                                .allMatch(line -> line.contains(" db=3 "));
                    });
        }
    }

    @Test
    void one_connection_for_commands_and_one_to_be_told_are_all_that_the_cache_takes_of_a_server() {
        try (RealRedis counted = RealRedis.start()) {
            Applications.on(counted)
                    .withPropertyValues("spring.data.redis.client-name=shop")
                    .run(context -> {
                        Oracle oracle = context.getBean(Oracle.class);
                        for (int i = 0; i < 20; i++) {
                            String question = "Why " + i;
                            awaitHit(context, () -> oracle.ask(question));
                        }
                        context.getBean(CacheBrowser.class).evictAll("prompt");

                        assertThat(clients(counted, "name=shop"))
                                .hasSize(2)
                                .filteredOn(line -> line.contains(" sub=1 "))
                                .hasSize(1);
                    });
            await().until(() -> clients(counted, "name=shop").isEmpty());
        }
    }

    @Test
    void the_application_s_own_factory_stays_as_it_is_and_works_on_after_the_cache_s_connection_is_closed() {
        Applications.on(redis).run(context -> {
            LettuceConnectionFactory users = context.getBean(LettuceConnectionFactory.class);
            awaitHit(context, () -> context.getBean(Oracle.class).ask("Why?"));

            ClientOptions options =
                    users.getClientConfiguration().getClientOptions().orElseThrow();
            assertThat(options.getDisconnectedBehavior()).isEqualTo(ClientOptions.DisconnectedBehavior.DEFAULT);
            assertThat(users.getClientConfiguration().getCommandTimeout()).isEqualTo(Duration.ofMinutes(1));

            ping(users);
            context.getBean(CacheConnection.class).close();
            ping(users);
            users.resetConnection();
            ping(users);
            ClientResources resources = context.getBean(ClientResources.class);
            assertThat(resources.eventExecutorGroup().isShuttingDown()).isFalse();
        });
    }

    @Test
    void the_cache_s_threads_end_with_its_connection_and_the_application_s_go_on() {
        ClientResources resources = ClientResources.create();
        LettuceConnectionFactory users = factory(
                LettuceClientConfiguration.builder().clientResources(resources).build());
        try {
            ping(users);
            assertThreadsEnd(() -> open(users));
            ping(users);
        } finally {
            users.destroy();
            resources.shutdown(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        }
    }

    @Test
    void the_cache_s_threads_end_where_the_application_has_no_client_resources_of_its_own() {
        LettuceConnectionFactory users =
                factory(LettuceClientConfiguration.builder().build());
        try {
            ping(users);
            assertThreadsEnd(() -> open(users));
            ping(users);
        } finally {
            users.destroy();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void a_closed_application_leaves_no_thread_behind(String client) {
        Set<String> before = threads("");
        Applications.on(redis)
                .withPropertyValues("spring.data.redis.client-type=" + client)
                .run(context -> {
                    awaitHit(context, () -> context.getBean(Oracle.class).ask("Why?"));
                });

        await().untilAsserted(() -> assertThat(difference(before))
                .as(CacheConnectionTests::stacks)
                .noneMatch(name -> name.startsWith("llm-cache-")));
    }

    @Test
    void a_pool_of_a_single_connection_is_enough() throws Exception {
        try (RealRedis mortal = RealRedis.start()) {
            for (String client : List.of("lettuce", "jedis")) {
                Applications.on(mortal)
                        .withPropertyValues(
                                "spring.data.redis.client-type=" + client,
                                "spring.data.redis." + client + ".pool.enabled=true",
                                "spring.data.redis." + client + ".pool.max-active=1",
                                "spring.data.redis." + client + ".pool.max-idle=1")
                        .run(context -> {
                            Oracle oracle = context.getBean(Oracle.class);
                            CacheBrowser browser = context.getBean(CacheBrowser.class);
                            awaitHit(context, () -> oracle.ask("Why?"));
                            assertThat(browser.page("prompt", null, 10, null).entries())
                                    .hasSize(1);

                            mortal.kill();
                            assertThat(oracle.ask("Why?")).isEqualTo(Oracle.answerTo("Why?"));
                            mortal.launch();
                            awaitHit(context, () -> oracle.ask("Why?"));
                            assertThat(browser.evictAll("prompt")).isEqualTo(1);
                        });
            }
        }
    }

    @Test
    void a_factory_of_another_kind_is_used_as_it_is() {
        Set<String> before = threads("");
        WrappedConnectionFactory wrapped = new WrappedConnectionFactory(
                factory(LettuceClientConfiguration.builder().build()));
        Applications.on(redis)
                .withBean(RedisConnectionFactory.class, () -> wrapped)
                .run(context -> {
                    awaitHit(context, () -> context.getBean(Oracle.class).ask("Why?"));

                    assertThat(context.getBean(CacheBrowser.class).evictAll("prompt"))
                            .isEqualTo(1);
                });
        await().untilAsserted(() -> assertThat(difference(before))
                .as(CacheConnectionTests::stacks)
                .noneMatch(name -> name.startsWith("llm-cache-")));
    }

    @Test
    void a_factory_of_another_kind_keeps_no_caller_waiting_although_it_waits_for_a_minute_itself() throws Exception {
        try (RealRedis frozen = RealRedis.start()) {
            WrappedConnectionFactory wrapped = new WrappedConnectionFactory(
                    factory(frozen, LettuceClientConfiguration.builder().build()));
            Applications.on(frozen)
                    .withBean(RedisConnectionFactory.class, () -> wrapped)
                    .withPropertyValues("llm-cache.redis.timeout=250ms")
                    .run(context -> {
                        Oracle oracle = context.getBean(Oracle.class);
                        awaitHit(context, () -> oracle.ask("Why 0"));
                        frozen.pause();
                        ExecutorService callers = Executors.newFixedThreadPool(20);
                        try {
                            List<Callable<String>> calls = IntStream.range(0, 20)
                                    .mapToObj(i -> (Callable<String>) () -> oracle.ask("Why " + i))
                                    .toList();
                            long began = System.nanoTime();
                            List<Future<String>> answers = callers.invokeAll(calls);

                            assertThat(Duration.ofNanos(System.nanoTime() - began))
                                    .isLessThan(Duration.ofSeconds(5));
                            for (int i = 0; i < 20; i++) {
                                assertThat(answers.get(i).get()).isEqualTo(Oracle.answerTo("Why " + i));
                            }
                        } finally {
                            callers.shutdownNow();
                        }
                        frozen.resume();
                        awaitHit(context, () -> oracle.ask("Why 0"));
                    });
        }
    }

    @Test
    void a_master_with_replicas_that_are_named_one_by_one_is_connected_to_as_such() {
        try (RealRedis replica = RealRedis.start()) {
            replica.commands().replicaof("127.0.0.1", redis.port());
            RedisStaticMasterReplicaConfiguration servers =
                    new RedisStaticMasterReplicaConfiguration("127.0.0.1", redis.port());
            servers.addNode("127.0.0.1", replica.port());
            Applications.on(redis)
                    .withBean(
                            RedisConnectionFactory.class,
                            () -> new LettuceConnectionFactory(
                                    servers,
                                    LettuceClientConfiguration.builder()
                                            .readFrom(ReadFrom.REPLICA)
                                            .build()))
                    .run(context -> {
                        awaitHit(context, () -> context.getBean(Oracle.class).ask("Why?"));

                        assertThat(redis.commands().keys("prompt:*")).hasSize(1);
                        assertThat(context.getBean(CacheConnection.class).server())
                                .isEqualTo("127.0.0.1:" + redis.port() + ", 127.0.0.1:" + replica.port());
                    });
        }
    }

    @Test
    void of_several_factories_one_has_to_be_named() {
        Applications.on(redis)
                .withBean("answers", RedisConnectionFactory.class, this::plainFactory)
                .withBean("state", RedisConnectionFactory.class, this::plainFactory)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("llm-cache.redis.connection-factory")
                        .hasMessageContaining("answers")
                        .hasMessageContaining("state"));
    }

    @Test
    void the_factory_that_is_named_is_the_one() {
        try (RealRedis other = RealRedis.start()) {
            Applications.on(redis)
                    .withBean(
                            "answers",
                            RedisConnectionFactory.class,
                            () -> factory(
                                    other, LettuceClientConfiguration.builder().build()))
                    .withBean("state", RedisConnectionFactory.class, this::plainFactory)
                    .withPropertyValues("llm-cache.redis.connection-factory=answers")
                    .run(context -> {
                        awaitHit(context, () -> context.getBean(Oracle.class).ask("Why?"));

                        assertThat(other.answers()).hasSize(1);
                        assertThat(redis.answers()).isEmpty();
                    });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nobody", "llmCacheCatalog"})
    void a_name_of_no_factory_fails_the_start_and_is_named(String name) {
        Applications.on(redis)
                .withPropertyValues("llm-cache.redis.connection-factory=" + name)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("llm-cache.redis.connection-factory")
                        .hasMessageContaining(name));
    }

    private static void assertThreadsEnd(Supplier<CacheConnection> opening) {
        Set<String> before = threads("");
        int pool = nextPool();
        CacheConnection connection = opening.get();
        try (RedisConnection redis = connection.factory().getConnection()) {
            assertThat(redis.ping()).isEqualTo("PONG");
        }
        assertThat(difference(before)).isNotEmpty();

        connection.close();

        // Clients of other tests may reconnect meanwhile, and start the threads of pools that they have had for long.
        await().untilAsserted(() -> assertThat(difference(before))
                .as(CacheConnectionTests::stacks)
                .noneMatch(name -> name.startsWith("llm-cache-") || poolOf(name) > pool));
    }

    /** The number that Netty gives to pools of threads goes up, and stands in their names. */
    private static int nextPool() {
        return poolOf(
                new DefaultThreadFactory("lettuce-probe").newThread(() -> {}).getName());
    }

    private static int poolOf(String thread) {
        return Integer.parseInt(thread.replaceFirst("^lettuce-\\w+-(\\d+)-.*$", "$1"));
    }

    private static CacheConnection open(LettuceConnectionFactory users) {
        return CacheConnection.derivedFrom(users, Duration.ofSeconds(5), Clock.systemUTC());
    }

    private RedisConnectionFactory plainFactory() {
        return factory(LettuceClientConfiguration.builder().build());
    }

    private LettuceConnectionFactory factory(LettuceClientConfiguration client) {
        return factory(redis, client);
    }

    private static LettuceConnectionFactory factory(RealRedis server, LettuceClientConfiguration client) {
        LettuceConnectionFactory factory =
                new LettuceConnectionFactory(new RedisStandaloneConfiguration("127.0.0.1", server.port()), client);
        factory.afterPropertiesSet();
        factory.start();
        return factory;
    }

    private static void ping(RedisConnectionFactory factory) {
        try (RedisConnection connection = factory.getConnection()) {
            assertThat(connection.ping()).isEqualTo("PONG");
        }
    }

    private static List<String> clients(RealRedis server, String part) {
        return server.commands()
                .clientList()
                .lines()
                .filter(line -> line.contains(part))
                .toList();
    }

    /** Threads that the client or the cache started, by name and number, since names are used again. */
    private static Set<String> threads(String beginning) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("llm-cache-")
                        || thread.getName().startsWith("lettuce-"))
                .filter(thread -> thread.getName().startsWith(beginning))
                .map(thread -> thread.getName() + "#" + thread.hashCode())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Where the cache's threads are, of which one may be held up. */
    private static String stacks() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(thread -> thread.getKey().getName().startsWith("llm-cache-"))
                .map(thread -> thread.getKey() + " at " + Arrays.toString(thread.getValue()))
                .collect(Collectors.joining("\n"));
    }

    private static Set<String> difference(Set<String> before) {
        Set<String> now = threads("");
        now.removeAll(before);
        return now;
    }
}
