package io.github.llmcache.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.llmcache.model.ModelConfig;
import io.github.llmcache.model.ModelConfigConflictException;
import io.github.llmcache.model.ModelConfigException;
import io.github.llmcache.model.ModelConfigs;
import io.github.llmcache.model.ModelPrices;
import io.github.llmcache.model.StoredModelConfig;
import io.github.llmcache.testing.RealCluster;
import io.github.llmcache.testing.RealRedis;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

/** What Redis keeps of models, as applications read and change it. */
class RedisModelConfigsTests {

    private static final String KEY = "model:demo:config";
    private static final RealRedis redis = RealRedis.start();

    @AfterAll
    static void stop() {
        redis.close();
    }

    @BeforeEach
    void empty() {
        redis.commands().flushall();
    }

    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void what_is_put_is_read_back_and_deleted(String client) {
        application(redis, client).run(context -> {
            ModelConfigs models = models(context);
            ModelConfig config = new ModelConfig(
                    "demo",
                    "2026-05",
                    ModelPrices.perMillion(new BigDecimal("0.15"), new BigDecimal("100")),
                    Map.of("temperature", "0.2", "style", "\u00fcber \"all\""));

            StoredModelConfig stored = models.put(config, null);

            assertThat(redis.commands().get(KEY))
                    .isEqualTo("{\"v\":1,\"version\":\"2026-05\",\"inputPrice\":0.15,\"outputPrice\":100,"
                            + "\"parameters\":{\"style\":\"\u00fcber \\\"all\\\"\",\"temperature\":\"0.2\"}}");
            assertThat(models.get("demo")).contains(stored);
            assertThat(stored.config()).isEqualTo(config);
            assertThat(models.all()).containsExactly(stored);
            assertThat(redis.commands().ttl(KEY)).isEqualTo(-1);

            models.delete("demo", stored.revision());
            assertThat(models.get("demo")).isEmpty();
            assertThat(models.all()).isEmpty();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void nobody_overwrites_what_he_has_not_seen(String client) {
        application(redis, client).run(context -> {
            ModelConfigs models = models(context);
            StoredModelConfig first = models.put(new ModelConfig("demo", "1"), null);
            conflicts(() -> models.put(new ModelConfig("demo", "2"), null), first.revision());
            conflicts(() -> models.put(new ModelConfig("demo", "2"), "another"), first.revision());

            redis.commands().set(KEY, "{\"version\":\"by hand\"}");
            String byHand = models.get("demo").orElseThrow().revision();
            assertThat(byHand).isNotEqualTo(first.revision());
            conflicts(() -> models.put(new ModelConfig("demo", "2"), first.revision()), byHand);
            conflicts(
                    () -> {
                        models.delete("demo", first.revision());
                        return null;
                    },
                    byHand);
            assertThat(redis.commands().get(KEY)).contains("by hand");

            models.put(new ModelConfig("demo", "2"), byHand);
            redis.commands().del(KEY);
            conflicts(() -> models.put(new ModelConfig("demo", "3"), byHand), null);
            conflicts(
                    () -> {
                        models.delete("demo", "");
                        return null;
                    },
                    null);
        });
    }

    @Test
    void of_writers_that_race_none_loses_what_another_one_wrote() {
        application(redis, "lettuce").run(one -> application(redis, "jedis").run(other -> {
            ExecutorService threads = Executors.newFixedThreadPool(4);
            try {
                List<Future<?>> writers = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    ModelConfigs models = models(i % 2 == 0 ? one : other);
                    writers.add(threads.submit(() -> {
                        for (int n = 0; n < 25; n++) {
                            increment(models);
                        }
                    }));
                }
                for (Future<?> writer : writers) {
                    writer.get();
                }
            } finally {
                threads.shutdownNow();
            }
            assertThat(models(one).get("demo").orElseThrow().config()).isEqualTo(new ModelConfig("demo", "100"));
        }));
    }

    @Test
    void what_is_damaged_or_of_another_type_is_seen_and_not_overwritten_unseen() {
        application(redis, "lettuce").run(context -> {
            ModelConfigs models = models(context);
            redis.commands().set(KEY, "{canary");
            StoredModelConfig damaged = models.get("demo").orElseThrow();
            assertThat(damaged.config()).isNull();
            assertThat(models.all()).containsExactly(damaged);
            conflicts(() -> models.put(new ModelConfig("demo", "2"), null), damaged.revision());
            assertThat(redis.commands().get(KEY)).isEqualTo("{canary");
            models.put(new ModelConfig("demo", "2"), damaged.revision());

            redis.commands().del(KEY);
            redis.commands().hset(KEY, "canary", "canary");
            assertThatExceptionOfType(ModelConfigException.class)
                    .isThrownBy(() -> models.put(new ModelConfig("demo", "2"), null))
                    .withMessageContaining("wrong type")
                    .withMessageNotContaining("canary");
            StoredModelConfig hash = models.get("demo").orElseThrow();
            assertThat(hash.config()).isNull();
            assertThatExceptionOfType(ModelConfigException.class)
                    .isThrownBy(() -> models.put(new ModelConfig("demo", "2"), hash.revision()))
                    .withMessageContaining("wrong type");
            StoredModelConfig other = models.put(new ModelConfig("other", "1"), null);
            assertThat(models.all())
                    .as("one key of another type hides no other model")
                    .containsExactly(hash, other);
            assertThat(redis.commands().hget(KEY, "canary")).isEqualTo("canary");
        });
    }

    @Test
    void names_are_told_apart_and_strange_keys_are_nobodys() {
        application(redis, "lettuce").run(context -> {
            ModelConfigs models = models(context);
            for (String name : List.of("a:b", "a", "*", "meta/llama", "b%3A", "ü{x}")) {
                models.put(new ModelConfig(name, name), null);
            }
            redis.commands().set("model:x:y:config", "{}");
            redis.commands().set("model:%zz:config", "{}");
            redis.commands().set("model:%:config", "{}");
            redis.commands().set("another:model:x:config", "{}");

            assertThat(models.all())
                    .extracting(StoredModelConfig::name)
                    .containsExactly("*", "a", "a:b", "b%3A", "meta/llama", "ü{x}");
            assertThat(models.get("a:b").orElseThrow().config()).isEqualTo(new ModelConfig("a:b", "a:b"));
            assertThatIllegalArgumentException().isThrownBy(() -> models.put(new ModelConfig(" ", "1"), null));
        });
    }

    @Test
    void a_server_that_is_gone_is_told() {
        try (RealRedis own = RealRedis.start()) {
            application(own, "lettuce")
                    .withPropertyValues("llm-cache.redis.timeout=250ms")
                    .run(context -> {
                        own.kill();
                        assertThatExceptionOfType(ModelConfigException.class)
                                .isThrownBy(() -> models(context).put(new ModelConfig("demo", "1"), null));
                        assertThatExceptionOfType(ModelConfigException.class)
                                .isThrownBy(() -> models(context).all());
                    });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void models_on_all_nodes_of_a_cluster_are_found(String client) {
        try (RealCluster cluster = RealCluster.start()) {
            application(cluster.nodes().get(0), client)
                    .withPropertyValues(cluster.property())
                    .run(context -> {
                        ModelConfigs models = models(context);
                        for (int i = 0; i < 12; i++) {
                            StoredModelConfig stored = models.put(new ModelConfig("m".repeat(i) + i, "1"), null);
                            models.put(new ModelConfig("m".repeat(i) + i, "2"), stored.revision());
                        }
                        assertThat(models.all()).hasSize(12).allMatch(stored -> "2"
                                .equals(Objects.requireNonNull(stored.config()).version()));
                        assertThat(cluster.nodes())
                                .allMatch(
                                        node -> !node.commands().keys("model:*").isEmpty());
                    });
        }
    }

    private static void increment(ModelConfigs models) {
        while (true) {
            Optional<StoredModelConfig> before = models.get("demo");
            int count = before.map(StoredModelConfig::config)
                    .map(config -> Integer.parseInt(Objects.requireNonNull(config.version())))
                    .orElse(0);
            try {
                models.put(
                        new ModelConfig("demo", Integer.toString(count + 1)),
                        before.map(StoredModelConfig::revision).orElse(null));
                return;
            } catch (ModelConfigConflictException ex) {
                // Another one was first.
            }
        }
    }

    private static void conflicts(Callable<?> change, @Nullable String revision) {
        assertThatExceptionOfType(ModelConfigConflictException.class)
                .isThrownBy(change::call)
                .satisfies(conflict -> assertThat(conflict.revision()).isEqualTo(revision));
    }

    private static ModelConfigs models(ApplicationContext context) {
        return context.getBean(ModelConfigs.class);
    }

    private static ApplicationContextRunner application(RealRedis redis, String client) {
        return Applications.on(redis)
                .withPropertyValues("llm-cache.model-registry.enabled=true", "spring.data.redis.client-type=" + client);
    }
}
