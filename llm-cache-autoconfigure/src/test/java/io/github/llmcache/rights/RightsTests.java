package io.github.llmcache.rights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.output.Response;
import io.github.llmcache.autoconfigure.langchain4j.LlmCacheEmbeddingModelAutoConfiguration;
import io.github.llmcache.autoconfigure.langchain4j.LlmCacheLangChain4jAutoConfiguration;
import io.github.llmcache.autoconfigure.langchain4j.memory.LlmCacheChatMemoryAutoConfiguration;
import io.github.llmcache.autoconfigure.near.LlmCacheNearAutoConfiguration;
import io.github.llmcache.autoconfigure.usage.LlmCacheUsageAutoConfiguration;
import io.github.llmcache.engine.CacheMode;
import io.github.llmcache.engine.CacheModeSwitch;
import io.github.llmcache.engine.CacheModes;
import io.github.llmcache.engine.PromptCallObserver;
import io.github.llmcache.event.AskedPrompts;
import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.event.FleetStatistics;
import io.github.llmcache.langchain4j.memory.ChatSession;
import io.github.llmcache.langchain4j.memory.RedisChatMemories;
import io.github.llmcache.langchain4j.memory.RedisChatMemory;
import io.github.llmcache.langchain4j.memory.RedisChatMemoryStore;
import io.github.llmcache.model.ModelConfig;
import io.github.llmcache.model.ModelConfigs;
import io.github.llmcache.operations.PromptCacheOperations;
import io.github.llmcache.redis.RedisStatisticsWriter;
import io.github.llmcache.testing.CacheApplication;
import io.github.llmcache.testing.DocumentedRights;
import io.github.llmcache.testing.OwnThread;
import io.github.llmcache.testing.RealCluster;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.testing.SentCommands;
import io.github.llmcache.tier.CacheBrowser;
import io.github.llmcache.tier.StoredEntry;
import io.github.llmcache.usage.UsageReport;
import io.github.llmcache.usage.dedup.PromptDeduplicator;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/** Each feature as a user who may do what the documentation names for it, and nothing else. */
@ExtendWith(OutputCaptureExtension.class)
class RightsTests {

    private static final DocumentedRights rights = DocumentedRights.read();

    /** What only some servers know or take, which has tests of its own or is granted besides. */
    private static final Set<String> UNTRIED = Set.of("client-info", "cluster", "hash-expiry");

    /** What stores in hashes send to a server whose fields don't expire. */
    private static final Set<String> BEFORE_HASH_EXPIRY = Set.of("hset", "hrandfield", "hdel");

    /** What is done over the application's own connection; on the cache's the server is asked whether it is there. */
    private static final Set<String> WITHOUT_PROBES = Set.of("connection", "chat-memory");

    private static final String ENDED =
            "{\"v\":1,\"digest\":\"ended\",\"createdAt\":1,\"freshUntil\":1,\"expiresAt\":1}";

    /** What an application of a feature is, and what it does. */
    private record Feature(ApplicationContextRunner application, Use use) {}

    interface Use {
        void of(ApplicationContext context, ApplicationContextRunner application) throws Exception;
    }

    @Test
    void the_documentation_names_all_features_that_are_tried_here_and_no_others() {
        try (RealRedis redis = RealRedis.notStarted()) {
            assertThat(rights.features())
                    .containsAll(features(redis).keySet())
                    .hasSize(features(redis).size() + UNTRIED.size())
                    .containsAll(UNTRIED);
        }
    }

    static Stream<String> lettuce() {
        return rights.features().stream().filter(feature -> !UNTRIED.contains(feature));
    }

    static Stream<String> jedis() {
        return lettuce().filter(feature -> !feature.equals("near"));
    }

    @ParameterizedTest
    @MethodSource("lettuce")
    void a_feature_takes_the_rights_that_are_named_and_no_others(String name, CapturedOutput output) throws Exception {
        try (RealRedis redis = RealRedis.start();
                SentCommands sent = use(redis, name, "lettuce")) {
            assertAllowed(name, sent, output);
            Set<String> arguments = sent.argumentsWith(DocumentedRights.PREFIX);
            Set<String> expected = new LinkedHashSet<>(rights.commandsOf(name));
            if (name.equals("hash") && knows(redis, "hsetex")) {
                expected.removeAll(BEFORE_HASH_EXPIRY);
                expected.addAll(rights.commandsOf("hash-expiry"));
            }
            assertThat(sent.counts()).containsKeys(expected.toArray(String[]::new));
            assertThat(Stream.concat(rights.keysOf(name).stream(), rights.channelsOf(name).stream()))
                    .allSatisfy(pattern -> assertThat(arguments)
                            .anyMatch(argument -> pattern.endsWith("*")
                                    ? argument.startsWith(pattern.substring(0, pattern.length() - 1))
                                    : argument.equals(pattern)));
        }
    }

    @ParameterizedTest
    @MethodSource("jedis")
    void jedis_takes_no_more(String name, CapturedOutput output) throws Exception {
        try (RealRedis redis = RealRedis.start();
                SentCommands sent = use(redis, name, "jedis")) {
            assertAllowed(name, sent, output);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void the_hash_layout_takes_no_more_for_what_other_features_do(String client, CapturedOutput output) {
        try (RealRedis redis = RealRedis.start()) {
            Set<String> granted = new LinkedHashSet<>(rights.withNeeds("operations"));
            granted.addAll(rights.withNeeds("hash-entries"));
            granted.addAll(List.of("modes", "statistics"));
            grantWhatTheServerKnows(redis, granted);
            rights.grant(redis.commands(), granted);
            redis.commands().aclLogReset();
            CacheApplication.on(redis)
                    .withBean(Shop.class)
                    .withPropertyValues(
                            "spring.data.redis.client-type=" + client,
                            "spring.data.redis.username=" + DocumentedRights.USER,
                            "spring.data.redis.password=" + DocumentedRights.PASSWORD,
                            "llm-cache.key-prefix=" + DocumentedRights.PREFIX,
                            "llm-cache.layout=hash")
                    .run(context -> {
                        operates(context, null);
                        countsForAll(context, null);
                        context.getBean(PromptCacheOperations.class).evictAll("prompt");
                        browses(context, null);
                        evicts(context, null);
                        switches(context, null);
                    });
            assertThat(redis.commands().aclLog()).isEmpty();
        }
        assertThat(output.getOut().lines().filter(line -> line.contains("WARN") && line.contains("Redis at")))
                .isEmpty();
    }

    /** The keys of a feature's script lie in one slot, so a cluster takes the same rights, and those to find its nodes. */
    @ParameterizedTest
    @ValueSource(strings = {"lettuce", "jedis"})
    void a_cluster_takes_those_of_the_cluster_besides(String client, CapturedOutput output) {
        try (RealCluster cluster = RealCluster.start()) {
            Set<String> granted = new LinkedHashSet<>(rights.withNeeds("operations"));
            granted.addAll(List.of("near", "modes", "statistics", "endpoint", "cluster"));
            for (RealRedis node : cluster.nodes()) {
                rights.grant(node.commands(), granted);
                if (knows(node, "client|setinfo")) {
                    rights.grant(node.commands(), List.of("client-info"));
                }
                node.commands().aclLogReset();
                node.commands().configResetstat();
            }
            CacheApplication.on(cluster.nodes().get(0))
                    .withConfiguration(AutoConfigurations.of(LlmCacheNearAutoConfiguration.class))
                    .withBean(Shop.class)
                    .withPropertyValues(
                            cluster.property(),
                            "spring.data.redis.client-type=" + client,
                            "spring.data.redis.username=" + DocumentedRights.USER,
                            "spring.data.redis.password=" + DocumentedRights.PASSWORD,
                            "llm-cache.key-prefix=" + DocumentedRights.PREFIX)
                    .run(context -> {
                        operates(context, null);
                        if (client.equals("lettuce")) {
                            answersFromMemory(context, null);
                        }
                        countsForAll(context, null);
                        assertThat(context.getBean(CacheBrowser.class)
                                        .page("prompt", null, 10, null)
                                        .entries())
                                .isNotEmpty();
                    });
            Set<String> used = new TreeSet<>();
            for (RealRedis node : cluster.nodes()) {
                assertThat(node.commands().aclLog()).isEmpty();
                node.commands()
                        .info("commandstats")
                        .lines()
                        .filter(line -> line.startsWith("cmdstat_"))
                        .forEach(line -> used.add(line.substring(8, line.indexOf(':'))));
            }
            assertThat(used)
                    .containsAll(
                            client.equals("jedis")
                                    ? Set.of("cluster|nodes", "cluster|slots")
                                    : rights.commandsOf("cluster").stream()
                                            .filter(command -> !command.equals("cluster|slots"))
                                            .toList());
        }
        assertThat(output.getOut().lines().filter(line -> line.contains("WARN") && line.contains("Redis at")))
                .isEmpty();
    }

    private static void assertAllowed(String name, SentCommands sent, CapturedOutput output) {
        // To be denied scripts is what that one is about.
        assertThat(sent.denied()).allSatisfy(denial -> assertThat(denial)
                .as(name)
                .containsEntry("object", name.equals("without-scripts") ? "evalsha" : "nothing"));
        assertThat(output.getOut()
                        .lines()
                        .filter(line ->
                                line.contains("WARN") && line.contains("Redis at") && !name.equals("without-scripts")))
                .isEmpty();
    }

    private static SentCommands use(RealRedis redis, String name, String client) throws Exception {
        Feature feature = features(redis).get(name);
        assertThat(feature).as("a feature that is tried").isNotNull();
        Set<String> granted = new LinkedHashSet<>(rights.withNeeds(name));
        grantWhatTheServerKnows(redis, granted);
        rights.grant(redis.commands(), granted);
        SentCommands sent = SentCommands.to(redis);
        ApplicationContextRunner application =
                feature.application().withPropertyValues("spring.data.redis.client-type=" + client);
        try {
            application.run(context -> {
                feature.use().of(context, application);
                if (client.equals("lettuce") && !WITHOUT_PROBES.contains(name)) {
                    patiently().until(() -> sent.commands().contains("\"PING\""));
                }
            });
            return sent;
        } catch (Throwable ex) {
            ex.addSuppressed(new IllegalStateException("Denied: " + sent.denied()));
            sent.close();
            throw ex;
        }
    }

    private static void grantWhatTheServerKnows(RealRedis redis, Set<String> granted) {
        if (knows(redis, "client|setinfo")) {
            granted.add("client-info");
        }
        if (granted.contains("hash") && knows(redis, "hsetex")) {
            granted.add("hash-expiry");
        }
    }

    private static boolean knows(RealRedis redis, String command) {
        return !redis.commands().commandInfo(command).isEmpty()
                && redis.commands().commandInfo(command).get(0) != null;
    }

    private static Map<String, Feature> features(RealRedis redis) {
        ApplicationContextRunner plain = CacheApplication.on(redis)
                .withPropertyValues(
                        "spring.data.redis.username=" + DocumentedRights.USER,
                        "spring.data.redis.password=" + DocumentedRights.PASSWORD,
                        "llm-cache.key-prefix=" + DocumentedRights.PREFIX,
                        "llm-cache.stats.enabled=false");
        ApplicationContextRunner alone =
                plain.withBean(Shop.class).withPropertyValues("llm-cache.single-flight.enabled=false");
        ApplicationContextRunner together = plain.withBean(Shop.class);
        ApplicationContextRunner silent = alone.withBean(CacheModes.class, () -> cache -> CacheMode.OFF);
        ApplicationContextRunner without = plain.withPropertyValues("llm-cache.enabled=false");
        return Map.ofEntries(
                Map.entry("connection", new Feature(without, RightsTests::connects)),
                Map.entry("answers", new Feature(alone, RightsTests::answers)),
                Map.entry(
                        "batches",
                        new Feature(
                                alone.withConfiguration(AutoConfigurations.of(
                                                LlmCacheLangChain4jAutoConfiguration.class,
                                                LlmCacheEmbeddingModelAutoConfiguration.class))
                                        .withBean("model", EmbeddingModel.class, Vectors::new)
                                        .withPropertyValues("llm-cache.langchain4j.embedding-model.enabled=true"),
                                RightsTests::embeds)),
                Map.entry(
                        "single-flight",
                        new Feature(
                                alone.withPropertyValues(
                                        "llm-cache.single-flight.enabled=true", "llm-cache.single-flight.lease=300ms"),
                                RightsTests::waits)),
                Map.entry("indexes", new Feature(alone, (context, application) -> {
                    // Taken out of the index by the next that comes.
                    redis.commands().zadd("shop:llm-cache:index:prompt:tag:why", 1, "shop:prompt:expired");
                    indexes(context);
                })),
                Map.entry(
                        "hash",
                        new Feature(alone.withPropertyValues("llm-cache.layout=hash"), (context, application) -> {
                            // Taken away by the next store where the server does not do it.
                            redis.commands().hset("shop:cache:gpt:prompt", "ended", ENDED);
                            indexes(context);
                            hitLater(context);
                        })),
                Map.entry(
                        "hash-entries",
                        new Feature(alone.withPropertyValues("llm-cache.layout=hash"), RightsTests::browses)),
                Map.entry("eviction", new Feature(together, RightsTests::evicts)),
                Map.entry(
                        "near",
                        new Feature(
                                alone.withConfiguration(AutoConfigurations.of(LlmCacheNearAutoConfiguration.class)),
                                RightsTests::answersFromMemory)),
                Map.entry("modes", new Feature(alone, RightsTests::switches)),
                Map.entry(
                        "statistics",
                        new Feature(
                                alone.withPropertyValues("llm-cache.stats.enabled=true"), RightsTests::countsForAll)),
                Map.entry(
                        "repeats",
                        new Feature(
                                alone.withPropertyValues(
                                        "llm-cache.stats.enabled=true", "llm-cache.stats.repeats=true"),
                                RightsTests::countsRepeats)),
                Map.entry(
                        "usage",
                        new Feature(
                                silent.withConfiguration(AutoConfigurations.of(LlmCacheUsageAutoConfiguration.class))
                                        .withPropertyValues("llm-cache.usage.limits.day.calls=100"),
                                (context, application) -> {
                                    // Of a longer window, as where the window of the plain keys was changed.
                                    redis.commands().psetex("shop:usage:everybody:count", 9 * 86_400_000L, "7");
                                    countsUsage(context);
                                })),
                Map.entry(
                        "models",
                        new Feature(
                                without.withPropertyValues(
                                        "llm-cache.model-registry.enabled=true", "llm-cache.default-model=gpt"),
                                RightsTests::registers)),
                Map.entry("deduplication", new Feature(without, RightsTests::deduplicates)),
                Map.entry(
                        "chat-memory",
                        new Feature(
                                without.withConfiguration(
                                                AutoConfigurations.of(LlmCacheChatMemoryAutoConfiguration.class))
                                        .withPropertyValues("llm-cache.chat-memory.enabled=true"),
                                RightsTests::remembers)),
                Map.entry("endpoint", new Feature(alone, RightsTests::browses)),
                Map.entry("memory", new Feature(silent, RightsTests::tellsMemory)),
                Map.entry("operations", new Feature(alone, RightsTests::operates)),
                Map.entry("without-scripts", new Feature(alone, RightsTests::doesWithoutScripts)));
    }

    private static void connects(ApplicationContext context, ApplicationContextRunner application) {
        try (RedisConnection redis =
                context.getBean(RedisConnectionFactory.class).getConnection()) {
            assertThat(redis.isClosed()).isFalse();
        }
    }

    private static void answers(ApplicationContext context, ApplicationContextRunner application) {
        hit(context, shop -> shop.ask("Why?"));
    }

    private static void embeds(ApplicationContext context, ApplicationContextRunner application) {
        EmbeddingModel model = context.getBean("model", EmbeddingModel.class);
        List<TextSegment> texts = List.of(TextSegment.from("one"), TextSegment.from("two"));
        patiently().until(() -> outcome(context, () -> model.embedAll(texts)).equals(Optional.of(CacheOutcome.HIT)));
    }

    private static void waits(ApplicationContext context, ApplicationContextRunner application) {
        Shop shop = context.getBean(Shop.class);
        // Listening begins with the first call.
        hit(context, service -> service.ask("What?"));
        CountDownLatch gate = new CountDownLatch(1);
        shop.answerAfter(gate);
        CompletableFuture<Optional<CacheOutcome>> first =
                OwnThread.supply(() -> outcome(context, () -> shop.ask("Why?")));
        application.run(other -> {
            hit(other, service -> service.ask("What?"));
            other.getBean(Shop.class).answerAfter(gate);
            CompletableFuture<Optional<CacheOutcome>> second = OwnThread.supply(
                    () -> outcome(other, () -> other.getBean(Shop.class).ask("Why?")));
            // Longer than a lease lives that is not renewed.
            await().pollDelay(Duration.ofMillis(700)).until(() -> !first.isDone() && !second.isDone());
            gate.countDown();
            // On a busy machine the second may come before the first.
            assertThat(Stream.of(first, second).map(call -> call.join().orElseThrow()))
                    .containsExactlyInAnyOrder(CacheOutcome.MISS, CacheOutcome.COALESCED);
        });
        assertThat(shop.ask("Why?")).isEqualTo(Shop.ANSWER);
    }

    private static void indexes(ApplicationContext context) {
        hit(context, shop -> shop.ask("Why?", "ada"));
        hit(context, shop -> shop.keyed("Who?"));
    }

    private static void evicts(ApplicationContext context, @Nullable ApplicationContextRunner application) {
        PromptCacheOperations operations = context.getBean(PromptCacheOperations.class);
        Shop shop = context.getBean(Shop.class);
        hit(context, service -> service.ask("Why?", "ada"));
        assertThat(operations.evictByTag("prompt", "why")).isEqualTo(1);
        hit(context, service -> service.ask("Why?", "ada"));
        assertThat(operations.evictByModel("prompt", "gpt")).isEqualTo(1);
        hit(context, service -> service.ask("Why?", "ada"));
        assertThat(operations.evict(() -> shop.ask("Why?", "ada"))).isTrue();
        hit(context, service -> service.ask("Why?", "ada"));
        shop.change();
        assertThat(operations.lookUp(() -> shop.ask("Why?", "ada"))).isEmpty();
        // Who waits is told that the lease is gone.
        CountDownLatch gate = new CountDownLatch(1);
        shop.answerAfter(gate);
        CompletableFuture<String> asking = OwnThread.supply(() -> shop.ask("Who?", "ada"));
        patiently().until(() -> {
            operations.evictAll("prompt");
            return true;
        });
        gate.countDown();
        assertThat(asking.join()).isEqualTo(Shop.ANSWER);
    }

    private static void answersFromMemory(ApplicationContext context, @Nullable ApplicationContextRunner application) {
        PromptCallObserver observer = context.getBean(PromptCallObserver.class);
        Shop shop = context.getBean(Shop.class);
        patiently().until(() -> observer.observe(() -> shop.ask("Why?"))
                .last()
                .filter(call -> "near".equals(call.tier()))
                .isPresent());
    }

    private static void switches(ApplicationContext context, @Nullable ApplicationContextRunner application) {
        CacheModeSwitch modes = context.getBean(CacheModeSwitch.class);
        modes.switchTo(null, CacheMode.OFF);
        assertThat(outcome(context, () -> context.getBean(Shop.class).ask("Why?")))
                .contains(CacheOutcome.BYPASS);
        modes.switchTo(null, null);
        hit(context, shop -> shop.ask("Why?"));
    }

    private static void countsForAll(ApplicationContext context, @Nullable ApplicationContextRunner application) {
        hit(context, shop -> shop.ask("Why?"));
        context.getBean(RedisStatisticsWriter.class).write().join();
        LocalDate today = LocalDate.now(ZoneOffset.UTC);
        assertThat(context.getBean(FleetStatistics.class)
                        .of("prompt", today.minusDays(1), today)
                        .total()
                        .hits())
                .isPositive();
    }

    private static void countsRepeats(ApplicationContext context, ApplicationContextRunner application) {
        countsForAll(context, application);
        LocalDate today = LocalDate.now(ZoneOffset.UTC);
        AskedPrompts prompts = context.getBean(FleetStatistics.class)
                .of("prompt", today.minusDays(1), today)
                .promptsInAll();
        assertThat(prompts).isNotNull();
        assertThat(prompts.repeated()).isPositive();
    }

    private static void countsUsage(ApplicationContext context) {
        context.getBean(Shop.class).ask("Why?");
        context.getBean(Shop.class).ask("How?");
        assertThat(context.getBean(UsageReport.class).of("everybody").get(0).used())
                .isEqualByComparingTo("2");
    }

    private static void registers(ApplicationContext context, ApplicationContextRunner application) {
        ModelConfigs models = context.getBean(ModelConfigs.class);
        String revision = models.put(new ModelConfig("gpt", "2"), null).revision();
        assertThat(models.all()).hasSize(1);
        models.delete("gpt", revision);
        assertThat(models.get("gpt")).isEmpty();
    }

    private static void deduplicates(ApplicationContext context, ApplicationContextRunner application) {
        PromptDeduplicator seen = context.getBean(PromptDeduplicator.class);
        assertThat(seen.unseen("mails", List.of("one", "two", "one"))).containsExactly("one", "two");
        assertThat(seen.firstSeen("mails", "one")).isFalse();
    }

    private static void remembers(ApplicationContext context, ApplicationContextRunner application) {
        RedisChatMemoryStore store = context.getBean(RedisChatMemoryStore.class);
        RedisChatMemory memory = context.getBean(RedisChatMemories.class).of(new ChatSession("ada", "one"));
        memory.add(UserMessage.from("one"));
        memory.add(UserMessage.from("two"));
        memory.set(memory.messages());
        assertThat(store.sessions("ada")).hasSize(1);
        memory.clear();
        memory.add(UserMessage.from("three"));
        assertThat(store.deleteAll("ada")).isEqualTo(1);
    }

    private static void browses(ApplicationContext context, @Nullable ApplicationContextRunner application) {
        hit(context, shop -> shop.ask("Why?"));
        CacheBrowser browser = context.getBean(CacheBrowser.class);
        List<StoredEntry> entries = browser.page("prompt", null, 10, null).entries();
        assertThat(entries).hasSize(1);
        assertThat(browser.find("prompt", entries.get(0).entry().digest())).isPresent();
        assertThat(browser.count("prompt", Duration.ofSeconds(5)).entries()).isEqualTo(1);
    }

    private static void tellsMemory(ApplicationContext context, ApplicationContextRunner application) {
        assertThat(context.getBean(CacheBrowser.class).memory()).isPresent();
    }

    private static void operates(ApplicationContext context, @Nullable ApplicationContextRunner application)
            throws Exception {
        hit(context, shop -> shop.ask("Why?", "ada"));
        PromptCacheOperations operations = context.getBean(PromptCacheOperations.class);
        ByteArrayOutputStream exported = new ByteArrayOutputStream();
        assertThat(operations.export("prompt", exported)).isEqualTo(1);
        assertThat(operations.forget("ada").total()).isEqualTo(1);
        operations.warm(new ByteArrayInputStream(exported.toByteArray()));
        Shop shop = context.getBean(Shop.class);
        assertThat(operations.put(() -> shop.ask("How?", "ada"), "so")).isTrue();
        patiently().until(() -> operations.lookUp(() -> shop.ask("How?", "ada")).equals(Optional.of("so")));
    }

    private static void doesWithoutScripts(ApplicationContext context, ApplicationContextRunner application) {
        evicts(context, application);
    }

    private static void hit(ApplicationContext context, java.util.function.Function<Shop, String> question) {
        Shop shop = context.getBean(Shop.class);
        patiently().until(() -> outcome(context, () -> question.apply(shop)).equals(Optional.of(CacheOutcome.HIT)));
    }

    private static void hitLater(ApplicationContext context) {
        Shop shop = context.getBean(Shop.class);
        PromptCallObserver observer = context.getBean(PromptCallObserver.class);
        patiently().until(() -> {
            var observed = observer.observe(() -> shop.askLater("Why?"));
            observed.value().join();
            return observed.outcome().equals(Optional.of(CacheOutcome.HIT));
        });
    }

    private static Optional<CacheOutcome> outcome(ApplicationContext context, Callable<?> call) {
        try {
            return context.getBean(PromptCallObserver.class).observe(call).outcome();
        } catch (Exception ex) {
            throw new AssertionError(ex);
        }
    }

    private static ConditionFactory patiently() {
        return await().atMost(Duration.ofSeconds(20)).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(20));
    }

    private static final class Vectors implements EmbeddingModel {

        @Override
        public Response<List<Embedding>> embedAll(List<TextSegment> segments) {
            return Response.from(segments.stream()
                    .map(segment -> Embedding.from(new float[] {segment.text().length(), 1}))
                    .collect(Collectors.toList()));
        }

        @Override
        public String modelName() {
            return "embedding-test";
        }
    }
}
