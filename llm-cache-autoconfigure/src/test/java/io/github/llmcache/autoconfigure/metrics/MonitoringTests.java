package io.github.llmcache.autoconfigure.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import io.github.llmcache.annotation.CachedPrompt;
import io.github.llmcache.autoconfigure.bulkhead.LlmCacheBulkheadAutoConfiguration;
import io.github.llmcache.autoconfigure.langchain4j.LlmCacheLangChain4jAutoConfiguration;
import io.github.llmcache.autoconfigure.metrics.PromQlNames.Grouping;
import io.github.llmcache.autoconfigure.metrics.PromQlNames.Selector;
import io.github.llmcache.autoconfigure.usage.LlmCacheUsageAutoConfiguration;
import io.github.llmcache.event.BypassReason;
import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.event.RejectionReason;
import io.github.llmcache.event.TierFailureEvent.Operation;
import io.github.llmcache.testing.CacheApplication;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.usage.UsageUnit;
import io.github.llmcache.usage.UsageWindow;
import io.micrometer.core.instrument.Tag;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.prometheus.PrometheusMetricsExportAutoConfiguration;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the dashboard and the alerts ask Prometheus for is what an application tells it, name by name, and the documentation
 * has every meter.
 */
class MonitoringTests {

    private static final Path DASHBOARD = Path.of("../docs/monitoring/grafana-dashboard.json");
    private static final Path RULES = Path.of("../docs/monitoring/prometheus-rules.yml");
    private static final Path DOCUMENT = Path.of("../docs/metrics.md");

    /** Labels that Prometheus adds itself. */
    private static final Set<String> OF_PROMETHEUS = Set.of("instance", "job");

    /** Variables that Grafana has itself. */
    private static final Set<String> OF_GRAFANA = Set.of("__range", "__rate_interval");

    /** The values of labels that have few. */
    private static final Map<String, Set<String>> VALUES = Map.of(
            "outcome", values(CacheOutcome.values()),
            "reason", union(values(BypassReason.values()), values(RejectionReason.values())),
            "operation", values(Operation.values()),
            "kind", values(FailureKind.values()),
            "window", values(UsageWindow.values()),
            "unit", values(UsageUnit.values()),
            "type", Set.of("input", "output"),
            "result", Set.of("success", "failure"));

    /** The labels of every metric that the application exposes, by its name in Prometheus. */
    private static final Map<String, Set<String>> EXPOSED = new TreeMap<>();

    /** The tags of every meter, by its name in Micrometer. */
    private static final Map<String, Set<String>> METERS = new TreeMap<>();

    @BeforeAll
    static void touchEveryMeter() {
        RealRedis redis = RealRedis.shared();
        CacheApplication.on(redis)
                .withConfiguration(AutoConfigurations.of(
                        LlmCacheBulkheadAutoConfiguration.class,
                        LlmCacheLangChain4jAutoConfiguration.class,
                        LlmCacheUsageAutoConfiguration.class,
                        LlmCacheMetricsAutoConfiguration.class,
                        MetricsAutoConfiguration.class,
                        PrometheusMetricsExportAutoConfiguration.class,
                        CompositeMeterRegistryAutoConfiguration.class))
                .withBean(Oracle.class)
                .withPropertyValues(
                        "management.metrics.tags.application=library",
                        "llm-cache.models.gpt.input-price=1",
                        "llm-cache.models.gpt.output-price=2",
                        "llm-cache.usage.limits.day.calls=1000",
                        "llm-cache.bulkhead.max-concurrent-calls=10")
                .run(context -> {
                    Oracle oracle = context.getBean(Oracle.class);
                    PrometheusMeterRegistry registry = context.getBean(PrometheusMeterRegistry.class);
                    oracle.ask("what");
                    await().until(() -> redis.commands().keys("measured:*").size() == 1);
                    oracle.ask("what");
                    oracle.passing("what");
                    oracle.unwanted("what");
                    redis.commands().keys("measured:*").forEach(key -> {
                        redis.commands().del(key);
                        redis.commands().rpush(key, "damaged");
                    });
                    oracle.ask("what");
                    await().until(() -> {
                        oracle.brief("what");
                        return registry.find("llm.cache.refreshes").counter() != null;
                    });

                    expose(registry.scrape());
                    registry.getMeters().stream()
                            .map(meter -> meter.getId())
                            .filter(id -> id.getName().startsWith("llm.cache."))
                            .forEach(id -> METERS.computeIfAbsent(id.getName(), name -> new TreeSet<>())
                                    .addAll(id.getTags().stream()
                                            .map(Tag::getKey)
                                            .filter(tag -> !tag.equals("application"))
                                            .toList()));
                });
        assertThat(METERS).hasSizeGreaterThan(15);
    }

    private static void expose(String scrape) {
        Pattern sample = Pattern.compile("(\\w+)(?:\\{(.*)})? \\S+");
        Pattern label = Pattern.compile("(\\w+)=\"(?:[^\"\\\\]|\\\\.)*\"");
        scrape.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            Matcher matcher = sample.matcher(line);
            assertThat(matcher.matches()).as(line).isTrue();
            Set<String> labels = EXPOSED.computeIfAbsent(matcher.group(1), name -> new TreeSet<>());
            Matcher names = label.matcher(Objects.requireNonNullElse(matcher.group(2), ""));
            while (names.find()) {
                labels.add(names.group(1));
            }
        });
    }

    @Test
    void every_meter_has_a_row_with_its_tags_in_the_documentation_and_no_row_is_of_none() throws IOException {
        Map<String, Set<String>> documented = new TreeMap<>();
        Matcher row = Pattern.compile("(?m)^\\| `(llm\\.cache\\.[a-z.]+)` \\|[^|]*\\|([^|]*)\\|")
                .matcher(Files.readString(DOCUMENT));
        while (row.find()) {
            Set<String> tags = new TreeSet<>();
            Matcher tag = Pattern.compile("`(\\w+)`").matcher(row.group(2));
            while (tag.find()) {
                tags.add(tag.group(1));
            }
            documented.put(row.group(1), tags);
        }

        assertThat(documented).isEqualTo(METERS);
    }

    @Test
    void every_metric_and_label_of_the_dashboard_is_exposed() throws IOException {
        List<String> expressions = new ArrayList<>();
        for (JsonNode target : dashboard().findValues("expr")) {
            expressions.add(target.asString());
        }
        assertThat(expressions).hasSizeGreaterThan(20);
        expressions.forEach(expression -> check(PromQlNames.of(expression), expression));
    }

    @Test
    void where_nothing_was_a_hit_the_dashboard_tells_a_ratio_of_zero_though_there_is_no_series_of_hits()
            throws IOException {
        List<String> ratios = new ArrayList<>();
        for (JsonNode target : dashboard().findValues("expr")) {
            if (target.asString().matches(".*hit.*/.*hit.*")) {
                ratios.add(target.asString());
            }
        }
        assertThat(ratios).hasSize(2).allMatch(ratio -> ratio.contains("or 0 * sum"));
    }

    @Test
    void every_variable_of_the_dashboard_is_defined_and_asks_for_labels_that_are_exposed() throws IOException {
        JsonNode dashboard = dashboard();
        Set<String> defined = new HashSet<>(OF_GRAFANA);
        for (JsonNode variable : dashboard.path("templating").path("list")) {
            if (variable.path("type").asString().equals("query")) {
                String query = variable.path("query").path("query").asString();
                assertThat(query).isEqualTo(variable.path("definition").asString());
                PromQlNames names = PromQlNames.of(query);
                check(names, query);
                assertThat(names.groupings()).as(query).isNotEmpty();
                assertThat(defined).as(query).containsAll(names.variables());
            }
            defined.add(variable.path("name").asString());
        }
        assertThat(defined).contains("datasource", "application", "cache");
        for (JsonNode expression : dashboard.findValues("expr")) {
            assertThat(defined)
                    .as(expression.asString())
                    .containsAll(PromQlNames.of(expression.asString()).variables());
        }
    }

    @Test
    void the_legends_of_the_dashboard_name_labels_that_their_series_have() throws IOException {
        for (JsonNode panel : dashboard().path("panels")) {
            for (JsonNode target : panel.path("targets")) {
                assertLabels(
                        target.path("legendFormat").asString(),
                        "\\{\\{(\\w+)}}",
                        PromQlNames.of(target.path("expr").asString()));
            }
        }
    }

    @Test
    void the_panels_of_the_dashboard_stand_side_by_side_and_ask_the_chosen_source() throws IOException {
        Set<Integer> ids = new HashSet<>();
        Set<List<Integer>> taken = new HashSet<>();
        for (JsonNode panel : dashboard().path("panels")) {
            String title = panel.path("title").asString();
            assertThat(ids.add(panel.path("id").asInt())).as(title).isTrue();
            assertThat(panel.path("type").asString()).as(title).isIn("row", "timeseries", "stat");
            JsonNode place = panel.path("gridPos");
            assertThat(place.path("x").asInt() + place.path("w").asInt())
                    .as(title)
                    .isBetween(1, 24);
            for (int x = 0; x < place.path("w").asInt(); x++) {
                for (int y = 0; y < place.path("h").asInt(); y++) {
                    assertThat(taken.add(List.of(
                                    place.path("x").asInt() + x, place.path("y").asInt() + y)))
                            .as(title)
                            .isTrue();
                }
            }
            if (!panel.path("type").asString().equals("row")) {
                assertThat(panel.path("datasource").path("uid").asString())
                        .as(title)
                        .isEqualTo("${datasource}");
                assertThat(panel.path("targets").size()).as(title).isPositive();
            }
        }
        assertThat(ids).hasSizeGreaterThan(20);
    }

    @Test
    void every_metric_and_label_of_the_alerts_is_exposed() throws IOException {
        List<Map<String, Object>> alerts = alerts();
        assertThat(alerts)
                .extracting(alert -> alert.get("alert"))
                .containsExactlyInAnyOrder(
                        "LlmCacheHitRatioDropped",
                        "LlmCacheCircuitOpen",
                        "LlmCacheRedisEvicts",
                        "LlmCacheModelCallsSurge",
                        "LlmCacheBudgetNearlyUsed");
        for (Map<String, Object> alert : alerts) {
            String expression = String.valueOf(alert.get("expr"));
            PromQlNames names = PromQlNames.of(expression);
            check(names, expression);
            assertLabels(String.valueOf(alert.get("annotations")), "\\$labels\\.(\\w+)", names);
        }
    }

    @Test
    void every_metric_that_is_named_in_a_text_of_the_monitoring_is_exposed() throws IOException {
        for (Path file : List.of(RULES, DASHBOARD, DOCUMENT, Path.of("../docs/monitoring.md"))) {
            Matcher name = Pattern.compile("\\bllm_cache_\\w+").matcher(Files.readString(file));
            while (name.find()) {
                assertThat(EXPOSED).as(file.toString()).containsKey(name.group());
            }
        }
    }

    private static void check(PromQlNames names, String expression) {
        assertThat(names.selectors()).as(expression).isNotEmpty();
        for (Selector selector : names.selectors()) {
            assertThat(EXPOSED).as(expression).containsKey(selector.metric());
            selector.matchers().forEach((label, wanted) -> {
                assertThat(labelsOf(selector)).as(expression).contains(label);
                if (!wanted.startsWith("$")) {
                    assertThat(VALUES).as(expression).containsKey(label);
                    assertThat(VALUES.get(label)).as(expression).contains(wanted.split("\\|"));
                }
            });
        }
        for (Grouping grouping : names.groupings()) {
            assertThat(grouping.operands()).as(expression).isNotEmpty().allSatisfy(operand -> assertThat(
                            labelsOf(operand))
                    .containsAll(grouping.labels()));
        }
    }

    private static Set<String> labelsOf(Selector selector) {
        return union(Objects.requireNonNull(EXPOSED.get(selector.metric())), OF_PROMETHEUS);
    }

    private static void assertLabels(String text, String pattern, PromQlNames names) {
        Set<String> series = names.isAggregated()
                ? Set.copyOf(names.keptLabels())
                : labelsOf(names.selectors().get(0));
        Matcher label = Pattern.compile(pattern).matcher(text);
        while (label.find()) {
            assertThat(series).as(text).contains(label.group(1));
        }
    }

    private static JsonNode dashboard() throws IOException {
        return JsonMapper.shared().readTree(Files.readString(DASHBOARD));
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> alerts() throws IOException {
        Map<String, Object> rules = new Yaml().load(Files.readString(RULES));
        List<Map<String, Object>> alerts = new ArrayList<>();
        for (Map<String, Object> group : (List<Map<String, Object>>) Objects.requireNonNull(rules.get("groups"))) {
            alerts.addAll((List<Map<String, Object>>) Objects.requireNonNull(group.get("rules")));
        }
        return alerts;
    }

    private static Set<String> values(Enum<?>[] constants) {
        return new TreeSet<>(Arrays.stream(constants)
                .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                .toList());
    }

    private static Set<String> union(Set<String> some, Set<String> others) {
        return new TreeSet<>(Stream.concat(some.stream(), others.stream()).toList());
    }

    public static class Oracle {

        @CachedPrompt(cacheName = "measured", model = "gpt")
        public ChatResponse ask(String prompt) {
            return ChatResponse.builder()
                    .aiMessage(AiMessage.from("because " + prompt))
                    .tokenUsage(new TokenUsage(10, 20))
                    .finishReason(FinishReason.STOP)
                    .build();
        }

        @CachedPrompt(cacheName = "measured", model = "gpt", condition = "false")
        public @Nullable String passing(String prompt) {
            return prompt;
        }

        @CachedPrompt(cacheName = "measured", model = "gpt", unless = "true")
        public @Nullable String unwanted(String prompt) {
            return prompt;
        }

        @CachedPrompt(cacheName = "measured", model = "gpt", ttl = "1ms", staleWhileRevalidate = "1h")
        public String brief(String prompt) {
            return prompt;
        }
    }
}
