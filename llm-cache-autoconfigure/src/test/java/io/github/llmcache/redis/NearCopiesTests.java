package io.github.llmcache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.engine.CacheSettings;
import io.github.llmcache.key.PromptKey;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.tier.CacheBrowser;
import io.github.llmcache.tier.CacheEvictor;
import io.github.llmcache.tier.CacheTier;
import io.github.llmcache.tier.Eviction;
import io.github.llmcache.tier.InvalidationListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.cache.Cache;
import org.springframework.data.redis.cache.RedisCacheManager;

/** Who evicts is served nothing of it afterwards, although Redis tells what changed over another connection. */
class NearCopiesTests {

    private static final String DIGEST = "-why_".repeat(8) + "why";
    private static final PromptKey KEY = new PromptKey("prompt", DIGEST, null);

    private final RealRedis redis = RealRedis.shared();
    private final Near near = new Near();

    @ParameterizedTest
    @ValueSource(strings = {"digest", "readable"})
    void the_tier_in_memory_knows_of_every_eviction_here_before_it_has_ended(String style) {
        Applications.on(redis)
                .withBean(InvalidationListener.class, () -> near)
                .withPropertyValues("llm-cache.key-style=" + style)
                .run(context -> {
                    CacheTier tier = context.getBean(CacheTier.class);
                    CacheEvictor evictor = context.getBean(CacheEvictor.class);
                    CacheBrowser browser = context.getBean(CacheBrowser.class);
                    Cache cache = Objects.requireNonNull(context.getBean("llmCacheManager", RedisCacheManager.class)
                            .getCache("prompt"));
                    List<Runnable> single = List.of(
                            () -> evictor.evict("prompt", new Eviction.OfDigest(DIGEST)),
                            () -> evictor.evict("prompt", new Eviction.OfTag("document-7")),
                            () -> browser.evict("prompt", DIGEST),
                            () -> cache.evict(DIGEST),
                            () -> cache.evictIfPresent(DIGEST));
                    PromptKey tracked =
                            new PromptKey("prompt", style.equals("digest") ? DIGEST : DIGEST.substring(0, 22), null);
                    for (Runnable eviction : single) {
                        Jvm.get(tier.store(KEY, Jvm.entry(DIGEST, List.of("document-7")), Jvm.TTL));
                        assertThat(near.toldHere(eviction)).containsExactly(tracked);
                    }
                    List<Runnable> all = List.of(
                            () -> evictor.evict("prompt", new Eviction.OfAll()),
                            () -> browser.evictAll("prompt"),
                            cache::clear,
                            cache::invalidate);
                    for (Runnable eviction : all) {
                        assertThat(near.toldHere(eviction)).contains(Near.ALL);
                    }
                });
    }

    @Test
    void what_an_index_names_of_another_cache_is_no_key_of_this_one() {
        RedisKeys keys = new RedisKeys("");
        NearCopies copies = new NearCopies(keys, new CacheCatalog(CacheSettings.DEFAULTS, Map.of()), near);

        assertThat(near.toldHere(
                        () -> copies.removed("prompt", List.of(new KeyPlace("p:x"), new KeyPlace("prompt:" + DIGEST)))))
                .containsExactly(KEY);
    }

    /** Takes down what it is told on one thread, which is never that on which Redis tells it. */
    private static final class Near implements InvalidationListener {

        static final PromptKey ALL = new PromptKey("all", "all", null);

        private final List<PromptKey> told = new ArrayList<>();
        private volatile Thread here = Thread.currentThread();

        List<PromptKey> toldHere(Runnable action) {
            here = Thread.currentThread();
            told.clear();
            action.run();
            return List.copyOf(told);
        }

        @Override
        public void invalidated(PromptKey key) {
            if (Thread.currentThread() == here) {
                told.add(key);
            }
        }

        @Override
        public void invalidatedAll() {
            if (Thread.currentThread() == here) {
                told.add(ALL);
            }
        }

        @Override
        public boolean keeps(String cache) {
            return false;
        }

        @Override
        public void tracking(Set<String> caches) {}

        @Override
        public void alive(long asOf) {}

        @Override
        public void lost() {}
    }
}
