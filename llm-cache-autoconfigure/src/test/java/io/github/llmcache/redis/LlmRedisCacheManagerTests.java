package io.github.llmcache.redis;

import static io.github.llmcache.redis.Applications.awaitHit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.llmcache.testing.CacheApplication;
import io.github.llmcache.testing.RealRedis;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.CacheConfig;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.cache.RedisCacheManager;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/** Plain cached methods that name the cache manager of the answers. */
@ExtendWith(OutputCaptureExtension.class)
class LlmRedisCacheManagerTests {

    private final RealRedis redis = RealRedis.shared();
    private final ApplicationContextRunner application = on(redis);

    record Page(String title) {}

    @EnableCaching
    static class Caching {}

    @CacheConfig(cacheManager = "llmCacheManager", cacheNames = "glossary")
    static class Glossary {

        final AtomicInteger calls = new AtomicInteger();

        public int calls() {
            return calls.get();
        }

        @Cacheable
        public String explain(String word) {
            calls.incrementAndGet();
            return "What " + word + " means";
        }

        @Cacheable(sync = true)
        public String explainTogether(String word) {
            return explain(word);
        }

        @Cacheable("pages")
        public Page page(String title) {
            calls.incrementAndGet();
            return new Page(title);
        }

        @Cacheable("lists")
        public List<Map<String, Object>> list(String word) {
            calls.incrementAndGet();
            return List.of(Map.of("word", word, "n", 1), Map.of());
        }

        @Cacheable("sorted")
        public TreeMap<String, String> sorted(String word) {
            calls.incrementAndGet();
            return new TreeMap<>(Map.of("word", word));
        }

        @Cacheable("chat")
        public String reserved(String word) {
            return word;
        }

        @CacheEvict(allEntries = true)
        public void forgetAll() {}

        @CacheEvict
        public void forget(String word) {}
    }

    private static ApplicationContextRunner on(RealRedis redis) {
        return Applications.on(redis).withUserConfiguration(Caching.class).withBean(Glossary.class);
    }

    @Test
    void a_text_is_kept_under_the_prefix_and_the_cache_s_name_with_the_ttl_of_the_cache() {
        application
                .withPropertyValues(
                        "llm-cache.key-prefix=shop:",
                        "llm-cache.ttl=10m",
                        "llm-cache.caches.prompt.ttl=1m",
                        "llm-cache.caches.pages.ttl=20m")
                .run(context -> {
                    Glossary glossary = context.getBean(Glossary.class);

                    assertThat(glossary.explain("token")).isEqualTo(glossary.explain("token"));

                    assertThat(glossary.calls()).isEqualTo(1);
                    assertThat(redis.answers()).containsExactly("shop:glossary:token");
                    assertThat(redis.commands().pttl("shop:glossary:token")).isBetween(540_000L, 600_000L);
                });
    }

    @Test
    void a_value_is_readable_json_and_never_serialized_java() {
        application.run(context -> {
            context.getBean(Glossary.class).explain("token");
            context.getBean(Glossary.class).list("token");

            assertThat(redis.commands().get("glossary:token"))
                    .startsWith("{\"v\":1,")
                    .endsWith("\"payload\":\"What token means\"}")
                    .doesNotContain("java", "llmcache");
            assertThat(redis.commands().get("lists:token"))
                    .startsWith("{\"v\":1,")
                    .doesNotContain("java", "llmcache");
        });
    }

    @Test
    void a_list_of_maps_reads_back_as_it_was() {
        application.run(context -> {
            Glossary glossary = context.getBean(Glossary.class);

            assertThat(glossary.list("token")).isEqualTo(glossary.list("token"));
            assertThat(glossary.calls()).isEqualTo(1);
        });
    }

    @Test
    void a_value_of_a_type_that_json_does_not_give_back_is_not_kept_and_told_once(CapturedOutput output) {
        application.run(context -> {
            Glossary glossary = context.getBean(Glossary.class);

            for (int i = 0; i < 5; i++) {
                assertThat(glossary.page("canary")).isEqualTo(new Page("canary"));
                assertThat(glossary.sorted("canary")).isInstanceOf(TreeMap.class);
            }

            assertThat(glossary.calls()).isEqualTo(10);
            assertThat(redis.answers()).isEmpty();
            assertThat(RedisOutageTests.warnings(output))
                    .filteredOn(line -> line.contains("Cache '"))
                    .hasSize(2)
                    .anyMatch(line -> line.contains("Page") && line.contains("'pages'"))
                    .anyMatch(line -> line.contains("TreeMap") && line.contains("'sorted'"))
                    .noneMatch(line -> line.contains("canary"));
        });
    }

    @Test
    void methods_run_while_redis_is_gone() {
        try (RealRedis mortal = RealRedis.start()) {
            on(mortal).run(context -> {
                Glossary glossary = context.getBean(Glossary.class);
                glossary.explain("token");
                mortal.kill();

                for (Supplier<String> method : List.<Supplier<String>>of(
                        () -> glossary.explain("token"), () -> glossary.explainTogether("token"))) {
                    assertThat(method.get()).isEqualTo("What token means");
                }
                glossary.forget("token");
                glossary.forgetAll();

                mortal.launch();
                awaitHit(context, () -> context.getBean(Oracle.class).ask("Why?"));
                int before = glossary.calls();
                glossary.explain("token");
                glossary.explain("token");
                assertThat(glossary.calls()).isEqualTo(before + 1);
            });
        }
    }

    @Test
    void a_synchronized_method_is_cached_too() {
        application.run(context -> {
            Glossary glossary = context.getBean(Glossary.class);

            assertThat(glossary.explainTogether("token")).isEqualTo(glossary.explainTogether("token"));
            assertThat(glossary.calls()).isEqualTo(1);
        });
    }

    @Test
    void what_is_under_a_key_but_is_no_value_is_a_miss_and_overwritten() {
        application.run(context -> {
            Glossary glossary = context.getBean(Glossary.class);
            redis.commands().set("glossary:damaged", "{\"v\":1");
            redis.commands().lpush("glossary:list", "a");

            for (String word : List.of("damaged", "list")) {
                assertThat(glossary.explain(word)).isEqualTo(glossary.explain(word));
            }
            assertThat(glossary.calls()).isEqualTo(2);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void evicting_all_entries_leaves_other_caches_and_prefixes_alone_and_scans(String client) {
        application
                .withPropertyValues("llm-cache.key-prefix=*:", "spring.data.redis.client-type=" + client)
                .run(context -> {
                    Glossary glossary = context.getBean(Glossary.class);
                    for (int i = 0; i < 600; i++) {
                        redis.commands().set("*:glossary:" + i, "");
                    }
                    glossary.explain("token");
                    glossary.list("token");
                    redis.commands().set("x:glossary:token", "");
                    redis.commands().set("*:glossaryX", "");
                    redis.commands().configResetstat();

                    glossary.forgetAll();

                    assertThat(redis.commands().info("commandstats"))
                            .contains("cmdstat_scan:")
                            .doesNotContain("cmdstat_keys:");
                    assertThat(redis.answers())
                            .containsExactlyInAnyOrder("*:lists:token", "x:glossary:token", "*:glossaryX");
                    glossary.explain("token");
                    glossary.forget("token");
                    assertThat(redis.commands().exists("*:glossary:token")).isZero();
                });
    }

    @Test
    void a_name_that_is_reserved_for_something_else_in_redis_is_refused() {
        application.run(context -> {
            redis.commands().set("chat:ada:1", "memory");

            assertThatIllegalArgumentException()
                    .isThrownBy(() -> context.getBean(Glossary.class).reserved("ada:1"))
                    .withMessageContaining("'chat' is reserved");
        });
    }

    @Test
    void the_manager_takes_no_other_manager_s_place() {
        application.run(context -> {
            assertThat(context.getBean("llmCacheManager")).isInstanceOf(LlmRedisCacheManager.class);
            assertThat(context.getBean("cacheManager")).isInstanceOf(CacheManager.class);
            assertThat(context.getBeanProvider(CacheManager.class).getIfUnique())
                    .isSameAs(context.getBean("cacheManager"));
        });
    }

    @Test
    void plain_values_have_keys_of_their_own_where_answers_lie_in_hashes() {
        application.withPropertyValues("llm-cache.layout=hash").run(context -> {
            Glossary glossary = context.getBean(Glossary.class);

            assertThat(glossary.explain("token")).isEqualTo(glossary.explain("token"));

            assertThat(glossary.calls()).isEqualTo(1);
            assertThat(redis.commands().type("glossary:token")).isEqualTo("string");
        });
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnManager {

        @Bean
        RedisCacheManager llmCacheManager(RedisConnectionFactory factory) {
            return RedisCacheManager.create(factory);
        }
    }

    @Test
    void a_manager_of_the_application_s_own_is_not_passed_by_for_hashes() {
        ApplicationContextRunner own = CacheApplication.on(redis).withUserConfiguration(OwnManager.class);
        own.run(context -> assertThat(context).hasNotFailed());
        for (String property : List.of("llm-cache.layout", "llm-cache.caches.faq.layout")) {
            own.withPropertyValues(property + "=hash").run(context -> assertThat(context)
                    .getFailure()
                    .rootCause()
                    .hasMessageContaining(property)
                    .hasMessageContaining("llmCacheManager"));
        }
    }
}
