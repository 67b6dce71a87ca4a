package io.github.llmcache.redis;

import static io.github.llmcache.redis.Applications.awaitHit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.llmcache.autoconfigure.usage.LlmCacheUsageAutoConfiguration;
import io.github.llmcache.testing.RealCluster;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.tier.CacheBrowser;
import io.github.llmcache.tier.EntryCount;
import io.github.llmcache.tier.EntryPage;
import io.github.llmcache.tier.Eviction;
import io.github.llmcache.tier.LeaseAttempt;
import io.github.llmcache.tier.TierLookup;
import io.github.llmcache.usage.UsageLimitExceededException;
import io.github.llmcache.usage.UsageSubjectResolver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.jedis.JedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** The tier in a Redis Cluster, whose entries lie on several servers. */
class RedisClusterTests {

    private static final int QUESTIONS = 60;

    private static final RealCluster cluster = RealCluster.start();

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @BeforeEach
    void empty() {
        cluster.nodes().forEach(node -> node.commands().flushall());
    }

    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void answers_are_kept_on_all_nodes_and_the_browser_sees_and_takes_away_each(String client) {
        application(client).run(context -> {
            Oracle oracle = context.getBean(Oracle.class);
            CacheBrowser browser = context.getBean(CacheBrowser.class);
            for (int i = 0; i < QUESTIONS; i++) {
                String question = "Why " + i;
                awaitHit(context, () -> oracle.ask(question));
                oracle.askFaq(question);
            }
            await().until(() -> browser.count("faq", Duration.ofSeconds(20)).entries() == QUESTIONS);
            assertThat(cluster.nodes()).allMatch(node -> node.commands().dbsize() > 0);

            List<String> digests = new ArrayList<>();
            String cursor = null;
            do {
                EntryPage page = browser.page("prompt", cursor, 7, null);
                page.entries().forEach(stored -> digests.add(stored.entry().digest()));
                cursor = page.next();
            } while (cursor != null);

            assertThat(digests).hasSize(QUESTIONS).doesNotHaveDuplicates();
            assertThat(browser.find("prompt", digests.get(0))).isPresent();
            assertThat(browser.evict("prompt", digests.get(0))).isTrue();
            assertThat(browser.find("prompt", digests.get(0))).isEmpty();
            assertThat(browser.count("prompt", Duration.ofSeconds(20))).isEqualTo(new EntryCount(QUESTIONS - 1, true));
            assertThat(browser.memory().orElseThrow().used()).isGreaterThan(3L << 19);
            assertThat(browser.memory().orElseThrow().evictedKeys()).isZero();
            assertThat(browser.evictAll("prompt")).isEqualTo(QUESTIONS - 1);
            assertThat(browser.count("faq", Duration.ofSeconds(20))).isEqualTo(new EntryCount(QUESTIONS, true));
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void a_hash_lies_on_one_node_and_the_browser_sees_and_takes_away_each_field(String client) {
        application(client).withPropertyValues("llm-cache.layout=hash").run(context -> {
            Oracle oracle = context.getBean(Oracle.class);
            CacheBrowser browser = context.getBean(CacheBrowser.class);
            for (int i = 0; i < QUESTIONS; i++) {
                String question = "Why " + i;
                awaitHit(context, () -> oracle.ask(question));
            }
            assertThat(cluster.nodes().stream().flatMap(node -> node.answers().stream()))
                    .containsExactly("cache:demo:prompt");

            List<String> digests = new ArrayList<>();
            String cursor = null;
            do {
                EntryPage page = browser.page("prompt", cursor, 7, null);
                page.entries().forEach(stored -> digests.add(stored.entry().digest()));
                cursor = page.next();
            } while (cursor != null);

            assertThat(digests).hasSize(QUESTIONS).doesNotHaveDuplicates();
            assertThat(browser.find("prompt", digests.get(0))).isPresent();
            assertThat(browser.evict("prompt", digests.get(0))).isTrue();
            assertThat(browser.find("prompt", digests.get(0))).isEmpty();
            assertThat(browser.count("prompt", Duration.ofSeconds(20))).isEqualTo(new EntryCount(QUESTIONS - 1, true));
            assertThat(browser.evictAll("prompt")).isEqualTo(QUESTIONS - 1);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void a_plain_cache_is_cleared_on_all_nodes(String client) {
        application(client).run(context -> {
            Cache glossary =
                    context.getBean("llmCacheManager", CacheManager.class).getCache("glossary");
            assertThat(glossary).isNotNull();
            for (int i = 0; i < QUESTIONS; i++) {
                glossary.put("word " + i, "meaning");
            }
            assertThat(cluster.nodes()).allMatch(node -> node.commands().dbsize() > 0);

            glossary.clear();

            assertThat(cluster.nodes()).allMatch(node -> node.answers().isEmpty());
        });
    }

    @ParameterizedTest
    @CsvSource({"lettuce,STRING", "jedis,STRING", "lettuce,HASH", "jedis,HASH"})
    void leases_and_evictions_hold_wherever_entries_lie(String client, Shelf shelf) {
        for (String prefix : List.of("", "{app}:", "app:")) {
            try (Jvm one = jvm(client, prefix, shelf);
                    Jvm other = jvm(client, prefix, shelf)) {
                List<LeaseAttempt.Granted> loading = new ArrayList<>();
                for (int i = 0; i < QUESTIONS; i++) {
                    LeaseAttempt.Granted granted = one.granted("why " + i);
                    assertThat(one.stores(granted, Jvm.entry("why " + i, List.of("odd-" + i % 2))))
                            .isTrue();
                    loading.add(one.granted("why " + i));
                    assertThat(loading.get(i).found()).isInstanceOf(TierLookup.Hit.class);
                }
                LeaseAttempt.Held held = other.held("why 1");

                assertThat(other.evict(new Eviction.OfTag("odd-1"))).isEqualTo(QUESTIONS / 2);

                Jvm.get(held.changed());
                for (int i = 0; i < QUESTIONS; i++) {
                    assertThat(one.stores(loading.get(i), Jvm.entry("why " + i, List.of("odd-" + i % 2))))
                            .isEqualTo(i % 2 == 0);
                    assertThat(other.has("why " + i)).isEqualTo(i % 2 == 0);
                }
                assertThat(other.evict(new Eviction.OfDigest("why 0"))).isEqualTo(1);
                assertThat(other.evictor.cachesOf("ann")).containsExactly("prompt");
                assertThat(other.evict(new Eviction.OfScope("ann"))).isEqualTo(QUESTIONS / 2 - 1);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"lettuce,STRING", "jedis,STRING", "lettuce,HASH", "jedis,HASH"})
    void evictions_and_stores_at_a_time_leave_no_entry_that_was_asked_for_before(String client, Shelf shelf)
            throws Exception {
        List<Eviction> evictions =
                List.of(new Eviction.OfTag("tag"), new Eviction.OfScope("ann"), new Eviction.OfAll());
        try (Jvm one = jvm(client, "", shelf);
                Jvm other = jvm(client, "", shelf)) {
            for (int i = 0; i < 90; i++) {
                String digest = "why " + i;
                Eviction eviction = evictions.get(i % evictions.size());
                LeaseAttempt.Granted granted = i % 2 == 0 ? one.granted(digest) : one.shared(digest);
                Thread evicting = new Thread(() -> other.evict(eviction));
                evicting.start();
                Jvm.get(granted.lease().store(Jvm.entry(digest, List.of("tag")), Jvm.TTL));
                evicting.join();

                assertThat(one.has(digest)).as("after %s", eviction).isFalse();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void all_counters_of_a_user_lie_together_and_the_limit_holds(String client) {
        application(client)
                .withConfiguration(AutoConfigurations.of(LlmCacheUsageAutoConfiguration.class))
                .withPropertyValues("llm-cache.usage.limits.day.calls=5", "llm-cache.usage.limits.month.tokens=5000")
                .withBean(UsageSubjectResolver.class, () -> () -> "a{d}a")
                .run(context -> {
                    Oracle oracle = context.getBean(Oracle.class);
                    for (int i = 0; i < 5; i++) {
                        oracle.ask("Why " + i);
                    }
                    assertThatThrownBy(() -> oracle.ask("Why 5")).isInstanceOf(UsageLimitExceededException.class);

                    List<String> counters = cluster.nodes().stream()
                            .flatMap(node -> node.commands().keys("usage:*").stream())
                            .toList();
                    assertThat(counters)
                            .contains("usage:{a%7Bd%7Da}:count", "usage:{a%7Bd%7Da}:count:month")
                            .allMatch(key -> key.startsWith("usage:{a%7Bd%7Da}:"));
                });
    }

    private static Jvm jvm(String client, String prefix, Shelf shelf) {
        RedisClusterConfiguration servers = new RedisClusterConfiguration(
                cluster.nodes().stream().map(node -> "127.0.0.1:" + node.port()).toList());
        return new Jvm(
                client.equals("jedis") ? new JedisConnectionFactory(servers) : new LettuceConnectionFactory(servers),
                Duration.ofSeconds(30),
                Duration.ofMinutes(10),
                prefix,
                Duration.ofSeconds(3),
                shelf);
    }

    private static ApplicationContextRunner application(String client) {
        RealRedis any = cluster.nodes().get(0);
        return Applications.on(any).withPropertyValues(cluster.property(), "spring.data.redis.client-type=" + client);
    }
}
