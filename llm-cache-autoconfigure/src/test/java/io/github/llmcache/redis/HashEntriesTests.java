package io.github.llmcache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.key.PromptKey;
import io.github.llmcache.testing.RealRedis;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;

/** Where the entries of hashes are looked for. */
class HashEntriesTests {

    private final RealRedis redis = RealRedis.shared();

    @Test
    void an_entry_is_found_though_a_lost_index_learns_of_its_hash_between_two_looks() {
        try (Jvm jvm = new Jvm(
                Clients.LETTUCE.factory(new RedisStandaloneConfiguration("127.0.0.1", redis.port())),
                Duration.ofSeconds(5),
                Shelf.HASH)) {
            String digest = "-why_".repeat(8) + "why";
            jvm.stores(jvm.granted(digest), Jvm.entry(digest));
            redis.commands().del("llm-cache:index:prompt:hashes");
            Jvm.get(jvm.tier.store(new PromptKey("prompt", "how", null, "other"), Jvm.entry("how"), Jvm.TTL));
            HashEntries entries =
                    new HashEntries(jvm.connection, jvm.keys, new CacheCatalog(Shelf.HASH.settings(), Map.of()));

            try (RedisConnection connection = jvm.connection.factory().getConnection()) {
                assertThat(entries.placesOf(connection, "prompt", digest)).hasSize(1);
                // Another instance stores another answer of the same model.
                jvm.stores(jvm.granted("another"), Jvm.entry("another"));

                assertThat(entries.otherPlacesOf(connection, "prompt", digest)).hasSize(2);
            }
        }
    }
}
