package io.github.llmcache.redis;

import static io.github.llmcache.redis.Applications.awaitHit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.llmcache.testing.RealCluster;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.tier.CacheBrowser;
import io.github.llmcache.tier.EntryCount;
import io.github.llmcache.tier.EntryPage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;

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
            assertThat(browser.evictAll("prompt")).isEqualTo(QUESTIONS - 1);
            assertThat(browser.count("faq", Duration.ofSeconds(20))).isEqualTo(new EntryCount(QUESTIONS, true));
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

            assertThat(cluster.nodes()).allMatch(node -> node.answers().size() == 0);
        });
    }

    private static ApplicationContextRunner application(String client) {
        RealRedis any = cluster.nodes().get(0);
        return Applications.on(any).withPropertyValues(cluster.property(), "spring.data.redis.client-type=" + client);
    }
}
