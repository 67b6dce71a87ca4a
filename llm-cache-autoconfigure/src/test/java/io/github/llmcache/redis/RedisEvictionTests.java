package io.github.llmcache.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.engine.CacheSettings;
import io.github.llmcache.key.PromptKey;
import io.github.llmcache.testing.OwnThread;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.tier.CacheEntry;
import io.github.llmcache.tier.Eviction;
import io.github.llmcache.tier.LeaseAttempt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.cache.Cache;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;

/** What is evicted is gone, and stays gone whoever was asking the model meanwhile, with every kind of client. */
@ParameterizedClass
@MethodSource("io.github.llmcache.redis.Shelf#withClients")
class RedisEvictionTests {

    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final List<Eviction> EVICTIONS = List.of(
            new Eviction.OfDigest("why"),
            new Eviction.OfKey("explicit"),
            new Eviction.OfTag("document-7"),
            new Eviction.OfModel("demo"),
            new Eviction.OfScope("ann"),
            new Eviction.OfAll());

    @Parameter(0)
    @SuppressWarnings("NullAway.Init") // set before each test
    private Clients client;

    @Parameter(1)
    @SuppressWarnings("NullAway.Init") // set before each test
    private Shelf shelf;

    private final RealRedis redis = RealRedis.shared();
    private final List<Jvm> opened = new ArrayList<>();

    @AfterEach
    void close() {
        opened.forEach(Jvm::close);
    }

    @Test
    void every_kind_of_eviction_takes_an_entry_away_and_refuses_what_was_asked_before() {
        Jvm one = jvm();
        Jvm other = jvm();
        for (Eviction eviction : EVICTIONS) {
            for (boolean exclusive : List.of(true, false)) {
                store(one, "why", List.of("document-7"));
                LeaseAttempt.Granted granted = exclusive ? one.granted("why") : one.shared("why");

                assertThat(other.evict(eviction)).as("%s", eviction).isEqualTo(1);
                assertThat(one.has("why")).isFalse();
                assertThat(one.stores(granted, entry("why")))
                        .as("%s, exclusive %s", eviction, exclusive)
                        .isFalse();
                assertThat(one.has("why")).isFalse();

                assertThat(one.stores(one.granted("why"), entry("why"))).isTrue();
                other.evict(eviction);
            }
        }
        assertThat(redis.answers()).isEmpty();
    }

    @Test
    void the_caches_that_have_something_of_somebody_are_found_by_their_names() {
        Jvm one = jvm();
        List<String> caches = List.of("prompt", "faq: [50%] *", "ä:scope:ann", "index");
        for (String cache : caches) {
            LeaseAttempt.Granted granted =
                    (LeaseAttempt.Granted) Jvm.get(one.tier.lease(new PromptKey(cache, "why", null), true));
            assertThat(one.stores(granted, Jvm.entry("why", List.of("scope:ann", "ann"))))
                    .isTrue();
        }

        assertThat(jvm().evictor.cachesOf("ann")).containsExactlyInAnyOrderElementsOf(caches);
        assertThat(one.evictor.cachesOf("an")).isEmpty();
        assertThat(one.evictor.cachesOf("*")).isEmpty();
        for (String cache : caches) {
            assertThat(one.evictor.evict(cache, new Eviction.OfScope("ann"))).isOne();
        }
        assertThat(one.evictor.cachesOf("ann")).isEmpty();
    }

    @Test
    void other_evictions_touch_neither_entries_nor_loads() {
        Jvm one = jvm();
        store(one, "why", List.of("document-7"));
        LeaseAttempt.Granted granted = one.granted("why");

        for (Eviction eviction : List.of(
                new Eviction.OfDigest("how"),
                new Eviction.OfKey("ann"),
                new Eviction.OfTag("document"),
                new Eviction.OfModel("document-7"),
                new Eviction.OfScope("demo"))) {
            assertThat(one.evict(eviction)).isZero();
        }
        one.evictor.evict("faq", new Eviction.OfAll());

        assertThat(one.has("why")).isTrue();
        assertThat(one.stores(granted, entry("why"))).isTrue();
    }

    @Test
    void an_eviction_frees_those_who_wait_for_what_it_takes_away() {
        Jvm one = jvm();
        Jvm other = jvm();
        for (Eviction eviction : EVICTIONS) {
            store(one, "why", List.of("document-7"));
            LeaseAttempt.Granted granted = one.granted("why");
            LeaseAttempt.Held held = other.held("why");

            other.evict(eviction);

            Jvm.get(held.changed());
            LeaseAttempt.Granted next = other.granted("why");
            assertThat(one.stores(granted, entry("why"))).isFalse();
            assertThat(other.stores(next, entry("why"))).isTrue();
        }
    }

    @Test
    void the_cost_of_an_eviction_by_tag_does_not_grow_with_the_cache() {
        Jvm one = jvm();
        store(one, "why", List.of("document-7"));
        store(one, "how", List.of("document-7", "document-8"));
        List<String> few = commandsOf(
                () -> assertThat(one.evict(new Eviction.OfTag("document-7"))).isEqualTo(2));
        for (int i = 0; i < 700; i++) {
            store(one, "other " + i, List.of("document-8"));
        }
        store(one, "why", List.of("document-7"));
        store(one, "how", List.of("document-7", "document-8"));

        List<String> many = commandsOf(
                () -> assertThat(one.evict(new Eviction.OfTag("document-7"))).isEqualTo(2));

        assertThat(many).isEqualTo(few).noneMatch(line -> line.contains("scan"));
        assertThat(shelf.digests(redis)).hasSize(700);
        assertThat(one.evict(new Eviction.OfTag("document-8"))).isEqualTo(700);
        assertThat(redis.commands().keys("llm-cache:index:prompt:tag:*")).isEmpty();
    }

    @Test
    void an_index_forgets_what_has_expired_and_expires_with_its_last_entry() {
        Jvm one = jvm();
        String index = "llm-cache:index:prompt:tag:document-7";
        redis.commands().zadd(index, 1.0, shelf.place("long ago"));
        redis.commands().zadd(index, 2.0, shelf.place("ago"));
        Jvm.get(one.granted("short").lease().store(entry("short"), Duration.ofSeconds(60)));

        assertThat(redis.commands().zrange(index, 0, -1)).containsExactly(shelf.place("short"));
        assertThat(redis.commands().pttl(index)).isBetween(60_000L, 75_000L);
        Jvm.get(one.granted("long").lease().store(entry("long"), Duration.ofSeconds(600)));
        Jvm.get(one.granted("other").lease().store(entry("other"), Duration.ofSeconds(60)));
        assertThat(redis.commands().pttl(index)).isBetween(600_000L, 615_000L);
        assertThat(redis.commands().zcard(index)).isEqualTo(3);
    }

    @Test
    void keys_are_as_they_are_documented() {
        assumeTrue(shelf == Shelf.STRING);
        Jvm one = jvm();
        store(one, "why", List.of("a:b", "x".repeat(101)));
        one.evict(new Eviction.OfTag("other"));
        one.granted("how");

        assertThat(redis.commands().keys("*"))
                .filteredOn(key -> !key.contains("xxx"))
                .containsExactlyInAnyOrder(
                        "prompt:why",
                        "llm-cache:lease:{prompt:how}",
                        "llm-cache:generation:prompt",
                        "llm-cache:generation:prompt:tag:other",
                        "llm-cache:index:prompt:key:explicit",
                        "llm-cache:index:prompt:scope:ann",
                        "llm-cache:index:prompt:model:demo",
                        "llm-cache:index:prompt:tag:a%3Ab");
        assertThat(redis.commands().keys("*xxx*"))
                .singleElement()
                .asString()
                .matches("llm-cache:index:prompt:tag:x{100}~[A-Za-z0-9_-]{43}");
        assertThat(redis.commands().ttl("llm-cache:generation:prompt:tag:other"))
                .isBetween(86_000L, 86_400L);
        assertThat(one.evict(new Eviction.OfTag("x".repeat(101)))).isEqualTo(1);
    }

    @Test
    void keys_of_the_hash_layout_are_as_they_are_documented() {
        assumeTrue(shelf == Shelf.HASH);
        Jvm one = jvm();
        store(one, "why", List.of("a:b"));
        PromptKey ofNone = new PromptKey("a:b", "why", null);
        Jvm.get(one.tier.store(ofNone, Jvm.entry("why"), Jvm.TTL));
        PromptKey ofOdd = new PromptKey("prompt", "why", null, "a:b");
        Jvm.get(one.tier.store(ofOdd, Jvm.entry("why"), Jvm.TTL));
        one.granted("how");

        assertThat(redis.commands().keys("*"))
                .filteredOn(key -> !key.contains("a%3Ab:") || !key.contains("index"))
                .containsExactlyInAnyOrder(
                        "cache:demo:prompt",
                        "cache:~none:a%3Ab",
                        "cache:a%3Ab:prompt",
                        "llm-cache:lease:{cache:demo:prompt}:how",
                        "llm-cache:generation:prompt",
                        "llm-cache:index:prompt:hashes",
                        "llm-cache:index:prompt:key:explicit",
                        "llm-cache:index:prompt:scope:ann",
                        "llm-cache:index:prompt:tag:a%3Ab",
                        // Of the entry whose model is not that of its key, so that it is found by its own.
                        "llm-cache:index:prompt:model:demo");
        assertThat(redis.commands().zrange("llm-cache:index:prompt:hashes", 0, -1))
                .containsExactlyInAnyOrder("cache:demo:prompt", "cache:a%3Ab:prompt");
        assertThat(redis.commands().hkeys("cache:demo:prompt")).containsExactly("why");
        assertThat(one.evict(new Eviction.OfModel("demo"))).isEqualTo(2);
        assertThat(redis.answers()).containsExactly("cache:~none:a%3Ab");
    }

    @Test
    void answers_of_the_other_layout_are_evicted_too() {
        Jvm one = jvm();
        Shelf other = shelf == Shelf.HASH ? Shelf.STRING : Shelf.HASH;
        try (Jvm old =
                new Jvm(client.factory(new RedisStandaloneConfiguration("127.0.0.1", redis.port())), LEASE, other)) {
            for (Eviction eviction : EVICTIONS) {
                store(one, "why", List.of("document-7"));
                store(old, "why", List.of("document-7"));
                LeaseAttempt.Granted loading = old.granted("why");

                assertThat(one.evict(eviction)).as("%s", eviction).isEqualTo(2);

                assertThat(redis.answers()).isEmpty();
                assertThat(old.stores(loading, entry("why"))).isFalse();
            }
            Cache cache = Objects.requireNonNull(one.caches.getCache("prompt"));
            store(one, "why", List.of());
            store(old, "why", List.of());
            cache.put("plain", "value");
            cache.clear();
            assertThat(redis.answers()).isEmpty();
        }
    }

    @Test
    void an_eviction_by_digest_and_of_a_cache_depends_on_no_index() {
        Jvm one = jvm();
        PromptKey ofOther = new PromptKey("prompt", "how", null, "other");
        Cache cache = Objects.requireNonNull(one.caches.getCache("prompt"));
        String digest = "-why_".repeat(8) + "why";
        List<Runnable> evictions = List.of(
                () -> assertThat(one.evict(new Eviction.OfDigest(digest))).isEqualTo(1),
                () -> assertThat(cache.evictIfPresent(digest)).isTrue(),
                () -> assertThat(one.evict(new Eviction.OfAll())).isEqualTo(2));
        for (Runnable eviction : evictions) {
            store(one, digest, List.of());
            // Redis gives the indexes up, and what is stored next begins them anew.
            redis.commands().keys("llm-cache:index:*").forEach(redis.commands()::del);
            Jvm.get(one.tier.store(ofOther, Jvm.entry("how"), Jvm.TTL));
            RedisCacheBrowser browser = new RedisCacheBrowser(
                    one.connection, one.keys, new CacheCatalog(shelf.settings(), Map.of()), one.evictor);
            assertThat(browser.find("prompt", digest)).isPresent();

            eviction.run();

            assertThat(one.has(digest)).isFalse();
            assertThat(browser.find("prompt", digest)).isEmpty();
        }
    }

    @Test
    void an_eviction_wins_although_redis_has_forgotten_all_it_counted() {
        Jvm one = jvm();
        one.evict(new Eviction.OfAll());
        LeaseAttempt.Granted granted = one.shared("why");
        redis.commands().flushall();

        one.evict(new Eviction.OfAll());

        assertThat(one.stores(granted, entry("why"))).isFalse();
    }

    @Test
    void a_counter_that_redis_has_evicted_before_its_marks_refuses_no_answer() {
        Jvm one = jvm();
        for (boolean exclusive : List.of(true, false)) {
            one.evict(new Eviction.OfAll());
            redis.commands().del("llm-cache:generation:prompt");

            LeaseAttempt.Granted granted = exclusive ? one.granted("why") : one.shared("why");
            assertThat(one.stores(granted, entry("why"))).isTrue();

            LeaseAttempt.Granted next = exclusive ? one.granted("why") : one.shared("why");
            redis.commands().del("llm-cache:generation:prompt");
            one.evict(new Eviction.OfAll());
            assertThat(one.stores(next, entry("why"))).isFalse();
        }
    }

    @Test
    void an_eviction_by_the_cache_manager_refuses_what_was_asked_before_too() {
        Jvm one = jvm();
        Jvm other = jvm();
        String digest = "-why_".repeat(8) + "why";
        Cache cache = Objects.requireNonNull(other.caches.getCache("prompt"));
        List<Runnable> evictions = List.of(() -> cache.evict(digest), () -> assertThat(cache.evictIfPresent(digest))
                .isTrue());
        for (Runnable eviction : evictions) {
            for (boolean exclusive : List.of(true, false)) {
                store(one, digest, List.of());
                LeaseAttempt.Granted granted = exclusive ? one.granted(digest) : one.shared(digest);

                eviction.run();

                assertThat(one.has(digest)).isFalse();
                assertThat(one.stores(granted, entry(digest))).isFalse();
                assertThat(one.has(digest)).isFalse();
            }
        }
        LeaseAttempt.Granted granted = one.granted(digest);
        LeaseAttempt.Held held = other.held(digest);
        cache.evict(digest);
        Jvm.get(held.changed());
        assertThat(one.stores(granted, entry(digest))).isFalse();
    }

    @Test
    void an_eviction_of_a_plain_value_leaves_nothing_behind() {
        Cache cache = Objects.requireNonNull(jvm().caches.getCache("glossary"));
        cache.put("word", "meaning");
        assertThat(redis.commands().keys("*")).hasSize(1);

        assertThat(cache.evictIfPresent("word")).isTrue();
        assertThat(cache.evictIfPresent("word")).isFalse();

        assertThat(redis.commands().keys("*")).isEmpty();
    }

    @Test
    void an_old_answer_that_is_about_to_be_replaced_while_its_tag_is_evicted_goes_too() {
        Jvm one = jvm();
        String index = "llm-cache:index:prompt:tag:document-7";
        for (int i = 1; i <= 600; i++) {
            shelf.put(redis, Integer.toString(i), "old");
            redis.commands().zadd(index, i, shelf.place(Integer.toString(i)));
        }
        try (RedisConnection connection = one.connection.factory().getConnection()) {
            NearCopies none = new NearCopies(one.keys, new CacheCatalog(CacheSettings.DEFAULTS, Map.of()), null);

            // As the store does that is then refused.
            new IndexedEntries(one.connection, connection, one.keys, RedisKeys.bytes(index))
                    .remove(
                            new RemovedEntries(one.connection, one.keys, none, connection, "prompt"),
                            () -> redis.commands().zadd(index, 10_000.0, shelf.place("600")));
        }

        assertThat(redis.answers()).isEmpty();
    }

    @Test
    void scores_are_numbers_however_they_are_written() {
        Jvm one = jvm();
        byte[] index = RedisKeys.bytes("llm-cache:index:prompt:tag:document-7");
        redis.commands().zadd("llm-cache:index:prompt:tag:document-7", 1_770_000_000_000.0, "same");
        redis.commands().zadd("llm-cache:index:prompt:tag:document-7", 1_770_000_000_001.0, "newer");

        Jvm.get(one.connection
                .commands()
                .run(
                        Script.UNINDEX,
                        List.of(index),
                        RedisKeys.bytes("same"),
                        RedisKeys.bytes("1.77e+12"),
                        RedisKeys.bytes("newer"),
                        RedisKeys.bytes("1.77e+12"),
                        RedisKeys.bytes("none"),
                        RedisKeys.bytes("1")));

        assertThat(redis.commands().zrange("llm-cache:index:prompt:tag:document-7", 0, -1))
                .containsExactly("newer");
    }

    @Test
    void evictions_and_stores_at_a_time_leave_no_entry_that_was_asked_for_before() throws Exception {
        Jvm one = jvm();
        Jvm other = jvm();
        List<Eviction> evictions = EVICTIONS;
        for (int i = 0; i < 240; i++) {
            Eviction eviction = evictions.get(i % evictions.size());
            store(other, "why", List.of("document-7"));
            LeaseAttempt.Granted granted = i % 2 == 0 ? one.granted("why") : one.shared("why");
            CompletableFuture<Void> evicting = OwnThread.run(() -> other.evict(eviction));
            CompletableFuture<Void> again = OwnThread.run(() -> one.evict(new Eviction.OfTag("document-7")));
            granted.lease().store(entry("why"), Jvm.TTL).toCompletableFuture().get();
            // An eviction that failed says so here.
            evicting.join();
            again.join();

            assertThat(redis.answers()).as("after %s", eviction).isEmpty();
        }
    }

    @Test
    void an_entry_that_is_stored_while_its_tag_is_evicted_is_found_by_the_next_eviction() throws Exception {
        Jvm one = jvm();
        Jvm other = jvm();
        for (int i = 0; i < 200; i++) {
            store(one, "why", List.of("document-7"));
            Thread evicting = new Thread(() -> other.evict(new Eviction.OfTag("document-7")));
            evicting.start();
            one.stores(one.shared("why"), entry("why"));
            evicting.join();

            long left = shelf.digests(redis).size();
            assertThat(other.evict(new Eviction.OfTag("document-7"))).isEqualTo(left);
            assertThat(redis.answers()).isEmpty();
        }
    }

    @Test
    void an_eviction_makes_room_where_redis_has_no_memory_left() {
        try (RealRedis full = RealRedis.start();
                Jvm one = new Jvm(
                        client.factory(new RedisStandaloneConfiguration("127.0.0.1", full.port())), LEASE, shelf)) {
            store(one, "why", List.of("document-7"));
            full.commands().set("prompt:large", "x".repeat(4_000_000));
            String used = full.commands()
                    .info("memory")
                    .lines()
                    .filter(line -> line.startsWith("used_memory:"))
                    .findFirst()
                    .orElseThrow();
            full.commands().configSet("maxmemory", Long.toString(Long.parseLong(used.substring(12)) - 1_000_000));

            assertThat(one.evict(new Eviction.OfAll())).isEqualTo(2);
        }
    }

    /** The commands that Redis runs for an action, each with how often. */
    private List<String> commandsOf(Runnable action) {
        redis.commands().configResetstat();
        action.run();
        return redis.commands()
                .info("commandstats")
                .lines()
                .filter(line -> line.startsWith("cmdstat_")
                        && !line.contains("config")
                        && !line.contains("info")
                        && !line.contains("publish")
                        && !line.contains("ping")
                        && !line.contains("client")
                        && !line.contains("hello"))
                .map(line -> line.replaceAll(",.*", ""))
                .sorted()
                .toList();
    }

    private static CacheEntry entry(String digest) {
        return Jvm.entry(digest, List.of("document-7"));
    }

    private static void store(Jvm jvm, String digest, List<String> tags) {
        Jvm.get(jvm.tier.store(Jvm.key(digest), Jvm.entry(digest, tags), Jvm.TTL));
    }

    private Jvm jvm() {
        Jvm jvm = new Jvm(client.factory(new RedisStandaloneConfiguration("127.0.0.1", redis.port())), LEASE, shelf);
        opened.add(jvm);
        return jvm;
    }
}
