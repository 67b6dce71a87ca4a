package io.github.llmcache.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.engine.CacheSettings;
import io.github.llmcache.key.KeyStyle;
import io.github.llmcache.key.NormalizationSteps;
import io.github.llmcache.key.PromptKey;
import io.github.llmcache.payload.Payload;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.tier.CacheEntry;
import io.github.llmcache.tier.EntryCount;
import io.github.llmcache.tier.EntryPage;
import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.ServerMemory;
import io.github.llmcache.tier.StoredEntry;
import io.github.llmcache.tier.TierException;
import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.protocol.CommandType;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;

/** What people see of the caches in Redis, and what they take away, with every kind of client. */
@ParameterizedClass
@MethodSource("io.github.llmcache.redis.Shelf#withClients")
class RedisCacheBrowserTests {

    private static final CacheSettings READABLE = new CacheSettings(
            Duration.ofHours(1), 0, KeyStyle.READABLE, true, 1000, false, null, NormalizationSteps.ALL, null, null);

    @Parameter(0)
    @SuppressWarnings("NullAway.Init") // set before each test
    private Clients client;

    @Parameter(1)
    @SuppressWarnings("NullAway.Init") // set before each test
    private Shelf shelf;

    private final RealRedis redis = RealRedis.shared();
    private final EntryCodec codec = new EntryCodec();

    @SuppressWarnings("NullAway.Init") // set before each test
    private CacheCatalog catalog;

    private final List<AutoCloseable> opened = new ArrayList<>();

    @BeforeEach
    void catalog() {
        catalog = new CacheCatalog(shelf.settings(), Map.of("readable", READABLE));
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable closeable : opened) {
            closeable.close();
        }
    }

    @Test
    void pages_show_each_entry_of_a_cache_exactly_once() {
        RedisKeys keys = new RedisKeys("");
        for (int i = 0; i < 500; i++) {
            store(keys, "prompt", i);
            store(keys, "faq", i);
            redis.commands().set("prompts:" + i, "no entry");
        }
        RedisCacheBrowser browser = browser("");

        List<String> digests = new ArrayList<>();
        String cursor = null;
        int pages = 0;
        do {
            EntryPage page = browser.page("prompt", cursor, 20, null);
            assertThat(page.unreadable()).isZero();
            assertThat(page.entries()).hasSizeLessThan(60);
            page.entries().forEach(stored -> digests.add(stored.entry().digest()));
            cursor = page.next();
            pages++;
        } while (cursor != null);

        assertThat(digests)
                .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 500)
                        .mapToObj(RedisCacheBrowserTests::digest)
                        .toList());
        assertThat(pages).isGreaterThan(5);
    }

    @Test
    void an_entry_is_shown_with_its_key_its_size_and_the_time_that_it_has_left() {
        assumeTrue(shelf == Shelf.STRING);
        CacheEntry entry = store(new RedisKeys("shop:"), "prompt", 7);
        redis.commands().pexpire("shop:prompt:" + digest(7), 60_000);

        List<StoredEntry> entries =
                browser("shop:").page("prompt", null, 20, null).entries();

        assertThat(entries).singleElement().satisfies(stored -> {
            assertThat(stored.key()).isEqualTo("shop:prompt:" + digest(7));
            assertThat(stored.entry()).isEqualTo(entry);
            assertThat(stored.size()).isEqualTo(codec.write(entry).length);
            assertThat(stored.ttlLeft()).isBetween(Duration.ofSeconds(30), Duration.ofSeconds(60));
        });
        redis.commands().persist("shop:prompt:" + digest(7));
        assertThat(browser("shop:").find("prompt", digest(7)).orElseThrow().ttlLeft())
                .isNull();
    }

    @Test
    void a_filter_shows_the_prompts_that_contain_it() {
        for (int i = 0; i < 100; i++) {
            store(new RedisKeys(""), "prompt", i);
        }
        RedisCacheBrowser browser = browser("");

        List<String> prompts = new ArrayList<>();
        String cursor = null;
        do {
            EntryPage page = browser.page("prompt", cursor, 10, "WHY 4");
            page.entries()
                    .forEach(stored -> prompts.add(String.valueOf(stored.entry().prompt())));
            cursor = page.next();
        } while (cursor != null);

        assertThat(prompts)
                .containsExactlyInAnyOrder(
                        "why 4", "why 40", "why 41", "why 42", "why 43", "why 44", "why 45", "why 46", "why 47",
                        "why 48", "why 49");
    }

    @Test
    void what_can_not_be_read_is_counted() {
        store(new RedisKeys(""), "prompt", 1);
        shelf.put(redis, "damaged", "{\"v\":1");
        shelf.put(redis, "newer", "{\"v\":2}");
        // A list in the place of one answer, or of those of another model.
        redis.commands().lpush(shelf == Shelf.HASH ? "cache:other:prompt" : "prompt:list", "a");

        RedisCacheBrowser browser = browser("");
        int entries = 0;
        int unreadable = 0;
        String cursor = null;
        do {
            EntryPage page = browser.page("prompt", cursor, 20, null);
            entries += page.entries().size();
            unreadable += page.unreadable();
            cursor = page.next();
        } while (cursor != null);

        assertThat(entries).isEqualTo(1);
        assertThat(unreadable).isEqualTo(3);
    }

    @Test
    void an_entry_is_found_and_taken_away_in_both_styles_of_keys() {
        RedisKeys keys = new RedisKeys("s[h]op*:");
        for (String cache : List.of("prompt", "readable")) {
            CacheEntry entry = store(keys, cache, 1);
            store(keys, cache, 2);
            RedisCacheBrowser browser = browser("s[h]op*:");

            assertThat(browser.find(cache, digest(1)).orElseThrow().entry()).isEqualTo(entry);
            assertThat(browser.find(cache, digest(3))).isEmpty();
            assertThat(browser.evict(cache, digest(1))).isTrue();
            assertThat(browser.find(cache, digest(1))).isEmpty();
            assertThat(browser.evict(cache, digest(1))).isFalse();
            assertThat(browser.find(cache, digest(2))).isPresent();
        }
    }

    @Test
    void an_entry_is_taken_away_under_both_of_its_keys_after_the_style_has_changed() {
        store(new RedisKeys(""), "readable", 1);
        redis.commands()
                .set(
                        "readable:" + digest(1),
                        redis.commands()
                                .get(redis.commands().keys("readable:*~*").get(0)));
        assertThat(redis.answers()).hasSize(2);

        assertThat(browser("").evict("readable", digest(1))).isTrue();

        assertThat(redis.answers()).isEmpty();
    }

    @Test
    void the_answer_to_another_question_is_not_found() {
        store(new RedisKeys(""), "prompt", 1);
        shelf.put(redis, digest(2), Objects.requireNonNull(shelf.read(redis, digest(1))));
        browser("").evict("prompt", digest(1));

        assertThat(browser("").find("prompt", digest(1))).isEmpty();
        assertThat(browser("").find("prompt", digest(2))).isEmpty();
    }

    @Test
    void a_damaged_entry_can_be_taken_away() {
        shelf.put(redis, digest(1), "{\"v\":1");

        assertThat(browser("").find("prompt", digest(1))).isEmpty();
        assertThat(browser("").evict("prompt", digest(1))).isTrue();
        assertThat(redis.answers()).isEmpty();
    }

    @Test
    void taking_a_whole_cache_away_leaves_other_caches_and_prefixes_alone() {
        for (int i = 0; i < 1200; i++) {
            store(new RedisKeys("*:"), "prompt", i);
        }
        store(new RedisKeys("*:"), "faq", 1);
        store(new RedisKeys("x:"), "prompt", 1);
        store(new RedisKeys(""), "prompt", 1);
        redis.commands().set("*:promptly", "");

        assertThat(browser("*:").evictAll("prompt")).isEqualTo(1200);

        assertThat(redis.answers())
                .containsExactlyInAnyOrder(
                        shelf.key("*:", "faq", digest(1)),
                        shelf.key("x:", "prompt", digest(1)),
                        shelf.key("", "prompt", digest(1)),
                        "*:promptly");
        assertThat(browser("*:").evictAll("prompt")).isZero();
    }

    @Test
    void a_count_is_whole_or_says_that_it_is_not() {
        for (int i = 0; i < 2000; i++) {
            store(new RedisKeys(""), "prompt", i);
        }
        redis.commands().set("faq:1", "");

        assertThat(browser("").count("prompt", Duration.ofSeconds(20))).isEqualTo(new EntryCount(2000, true));
        assertThat(browser("").count("prompt", Duration.ZERO)).satisfies(count -> {
            // Of a hash the server knows at once how many fields it has.
            boolean known = shelf == Shelf.HASH;
            assertThat(count.entries()).isBetween(1L, known ? 2000L : 1999L);
            assertThat(count.complete()).isEqualTo(known);
        });
        assertThat(browser("").count("nothing", Duration.ofSeconds(20))).isEqualTo(new EntryCount(0, true));
    }

    @Test
    void the_memory_of_the_server_is_told() {
        redis.commands().configSet("maxmemory", "500mb");
        redis.commands().configSet("maxmemory-policy", "allkeys-lfu");
        try {
            ServerMemory memory = browser("").memory().orElseThrow();

            assertThat(memory.used()).isPositive();
            assertThat(memory.max()).isEqualTo(500L << 20);
            assertThat(memory.policy()).isEqualTo("allkeys-lfu");
            assertThat(memory.evictedKeys()).isZero();
        } finally {
            redis.commands().configSet("maxmemory", "0");
            redis.commands().configSet("maxmemory-policy", "noeviction");
        }
    }

    @Test
    void the_keys_that_the_server_has_evicted_are_told() {
        try (RealRedis full = RealRedis.start("--maxmemory-policy", "allkeys-lru")) {
            RedisStandaloneConfiguration server = new RedisStandaloneConfiguration("127.0.0.1", full.port());
            assertThat(browser("", server).memory().orElseThrow().evictedKeys()).isZero();

            long used = browser("", server).memory().orElseThrow().used();
            full.commands().configSet("maxmemory", Long.toString(used + (1 << 20)));
            for (int i = 0; i < 400; i++) {
                full.commands().set("key" + i, "x".repeat(10_000));
            }

            assertThat(browser("", server).memory().orElseThrow().evictedKeys()).isBetween(100L, 400L);
        }
    }

    @Test
    void the_memory_is_left_out_where_the_user_may_not_ask() {
        redis.commands()
                .aclSetuser(
                        "curious",
                        AclSetuserArgs.Builder.on()
                                .addPassword("secret")
                                .allKeys()
                                .allCommands()
                                .removeCommand(CommandType.INFO));
        try {
            RedisStandaloneConfiguration server = server();
            server.setUsername("curious");
            server.setPassword("secret");

            assertThat(browser("", server).memory()).isEmpty();
        } finally {
            redis.commands().aclDeluser("curious");
        }
    }

    @Test
    void a_cursor_that_no_page_gave_is_refused() {
        for (String cursor : List.of("", "a", "-1", "1.5", "99999999999999999999", "node.0", "*")) {
            assertThatIllegalArgumentException().as("cursor '%s'", cursor).isThrownBy(() -> browser("")
                    .page("prompt", cursor, 20, null));
        }
    }

    @Test
    void a_server_that_is_gone_is_told_as_a_failure_of_the_tier() {
        try (RealRedis mortal = RealRedis.start()) {
            RedisCacheBrowser browser = browser("", new RedisStandaloneConfiguration("127.0.0.1", mortal.port()));
            assertThat(browser.page("prompt", null, 20, null).entries()).isEmpty();
            mortal.kill();

            assertThatExceptionOfType(TierException.class)
                    .isThrownBy(() -> browser.page("prompt", null, 20, null))
                    .extracting(TierException::kind)
                    .isEqualTo(client == Clients.WRAPPED ? FailureKind.TIMEOUT : FailureKind.CONNECTION);
        }
    }

    @Test
    void keys_are_found_by_scan_and_never_by_keys() {
        store(new RedisKeys(""), "readable", 1);
        redis.commands().configResetstat();
        RedisCacheBrowser browser = browser("");

        browser.page("readable", null, 20, "why");
        browser.find("readable", digest(1));
        browser.count("readable", Duration.ofSeconds(20));
        browser.evict("readable", digest(1));
        browser.evictAll("readable");

        assertThat(redis.commands().info("commandstats"))
                .contains("cmdstat_scan:")
                .doesNotContain("cmdstat_keys:");
    }

    @Test
    void fields_are_found_by_hscan_and_never_all_at_once() {
        assumeTrue(shelf == Shelf.HASH);
        for (int i = 0; i < 300; i++) {
            store(new RedisKeys(""), "prompt", i);
        }
        redis.commands().configResetstat();
        RedisCacheBrowser browser = browser("");

        browser.page("prompt", null, 20, "why");
        browser.find("prompt", digest(1));
        browser.count("prompt", Duration.ofSeconds(20));
        browser.evict("prompt", digest(1));
        browser.evictAll("prompt");

        assertThat(redis.commands().info("commandstats"))
                .contains("cmdstat_hscan:", "cmdstat_hlen:")
                .doesNotContain("cmdstat_keys:", "cmdstat_hgetall:", "cmdstat_hkeys:", "cmdstat_hvals:");
    }

    @Test
    void pages_go_through_the_hashes_of_all_models_and_past_those_that_are_gone_meanwhile() {
        assumeTrue(shelf == Shelf.HASH);
        for (int i = 0; i < 120; i++) {
            store(new RedisKeys(""), "prompt", i);
            redis.commands().hset("cache:gpt:prompt", digest(1000 + i), envelope(1000 + i));
            redis.commands().hset("cache:~none:prompt", digest(2000 + i), envelope(2000 + i));
        }
        RedisCacheBrowser browser = browser("");
        List<String> digests = new ArrayList<>();
        String cursor = null;
        do {
            EntryPage page = browser.page("prompt", cursor, 50, null);
            page.entries().forEach(stored -> digests.add(stored.entry().digest()));
            cursor = page.next();
            if (digests.size() > 120) {
                redis.commands().del("cache:gpt:prompt");
            }
        } while (cursor != null);

        assertThat(digests)
                .doesNotHaveDuplicates()
                .hasSizeBetween(241, 359)
                .containsAll(IntStream.range(0, 120)
                        .mapToObj(RedisCacheBrowserTests::digest)
                        .toList())
                .containsAll(IntStream.range(2000, 2120)
                        .mapToObj(RedisCacheBrowserTests::digest)
                        .toList());
    }

    @Test
    void a_field_is_shown_with_its_hash_and_its_own_time_and_no_more_once_that_is_over() {
        assumeTrue(shelf == Shelf.HASH);
        CacheEntry entry = store(new RedisKeys(""), "prompt", 7);
        Instant now = Instant.now();
        String lives = new String(codec.write(entry, now.plusSeconds(60)), StandardCharsets.UTF_8);
        shelf.put(redis, digest(7), lives);
        shelf.put(
                redis,
                digest(8),
                lives.replace(digest(7), digest(8)).replaceFirst("\"expiresAt\":\\d+", "\"expiresAt\":1"));

        EntryPage page = browser("").page("prompt", null, 20, null);

        assertThat(page.unreadable()).isZero();
        assertThat(page.entries()).singleElement().satisfies(stored -> {
            assertThat(stored.key()).isEqualTo("cache:demo:prompt");
            assertThat(stored.entry()).isEqualTo(entry);
            assertThat(stored.size()).isEqualTo(lives.length());
            assertThat(stored.ttlLeft()).isBetween(Duration.ofSeconds(30), Duration.ofSeconds(60));
        });
        assertThat(browser("").find("prompt", digest(8))).isEmpty();
    }

    private CacheEntry store(RedisKeys keys, String cache, int number) {
        CacheEntry entry = entry(number);
        if (cache.equals("readable")) {
            String key = keys.key(new PromptKey(cache, digest(number), entry.prompt()), KeyStyle.READABLE);
            redis.commands().set(key, envelope(number));
        } else {
            String beginning = keys.beginning(cache);
            String prefix = beginning.substring(0, beginning.length() - cache.length() - 1);
            shelf.put(redis, prefix, cache, digest(number), envelope(number));
        }
        return entry;
    }

    private String envelope(int number) {
        return new String(codec.write(entry(number)), StandardCharsets.UTF_8);
    }

    private static CacheEntry entry(int number) {
        return new CacheEntry(
                digest(number),
                Payload.of("\"Because.\"".getBytes(StandardCharsets.UTF_8)),
                Instant.ofEpochMilli(1763886000000L),
                Instant.ofEpochMilli(1763889600000L),
                "demo",
                "why " + number,
                null);
    }

    private static String digest(int number) {
        return String.format("%08d%s", number, "MBR42JDP-IUumbEu_EnNsOQyDN1jWLBoLY6-E".substring(0, 35));
    }

    private RedisStandaloneConfiguration server() {
        return new RedisStandaloneConfiguration("127.0.0.1", redis.port());
    }

    private RedisCacheBrowser browser(String prefix) {
        return browser(prefix, server());
    }

    private RedisCacheBrowser browser(String prefix, RedisStandaloneConfiguration server) {
        RedisConnectionFactory factory = client.factory(server);
        CacheConnection connection = CacheConnection.derivedFrom(factory, Duration.ofSeconds(5), Clock.systemUTC());
        opened.add(connection);
        if (factory instanceof WrappedConnectionFactory wrapped) {
            opened.add(wrapped);
        }
        return new RedisCacheBrowser(connection, new RedisKeys(prefix), catalog);
    }
}
