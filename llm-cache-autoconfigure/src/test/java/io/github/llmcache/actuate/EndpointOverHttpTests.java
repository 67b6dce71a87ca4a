package io.github.llmcache.actuate;

import static io.github.llmcache.actuate.TestEntries.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.github.llmcache.event.AnswerCost;
import io.github.llmcache.event.AnswerRejectedEvent;
import io.github.llmcache.event.AskedPrompts;
import io.github.llmcache.event.BypassReason;
import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.event.CacheStatistics;
import io.github.llmcache.event.PromptCacheEvent;
import io.github.llmcache.event.RefreshEvent;
import io.github.llmcache.event.RejectionReason;
import io.github.llmcache.event.TierFailureEvent;
import io.github.llmcache.event.TierFailureEvent.Operation;
import io.github.llmcache.tier.Eviction;
import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.ServerMemory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.actuate.audit.AuditEvent;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.test.web.servlet.client.RestTestClient.BodyContentSpec;
import org.springframework.test.web.servlet.client.RestTestClient.ResponseSpec;

/** The endpoint as it is when it is exposed and nothing else is set. */
class EndpointOverHttpTests {

    private static ActuatorApplication application;
    private static RestTestClient client;

    @BeforeAll
    static void start() {
        application = ActuatorApplication.exposed();
        client = application.client();
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    @BeforeEach
    void reset() {
        application.reset();
    }

    @Test
    void every_cache_is_told_with_its_settings() {
        get("/llmcache")
                .jsonPath("$.caches.faq.settings.ttl")
                .isEqualTo("PT1H")
                .jsonPath("$.caches.prompt.settings.ttl")
                .isEqualTo("PT1H")
                .jsonPath("$.caches.prompt.settings.ttlJitter")
                .isEqualTo(0.0)
                .jsonPath("$.caches.prompt.settings.keyStyle")
                .isEqualTo("digest")
                .jsonPath("$.caches.prompt.settings.layout")
                .isEqualTo("string")
                .jsonPath("$.caches.prompt.settings.storePrompt")
                .isEqualTo(true)
                .jsonPath("$.caches.prompt.settings.maxEntrySize")
                .isEqualTo(262_144)
                .jsonPath("$.caches.prompt.settings.requireScope")
                .isEqualTo(false)
                .jsonPath("$.caches.prompt.settings.staleWhileRevalidate")
                .isEqualTo("PT0S")
                .jsonPath("$.caches.prompt.settings.staleIfError")
                .isEqualTo("PT0S")
                .jsonPath("$.caches.prompt.settings.mode")
                .isEqualTo("on")
                .jsonPath("$.caches.prompt.settings.normalization")
                .isEqualTo(Map.of("unicode", true, "lowerCase", true, "whiteSpace", true, "strip", true));
    }

    @Test
    void the_calls_of_a_cache_are_counted() {
        CacheStatistics statistics = application.statistics();
        CacheStatistics.Snapshot before = statistics.of("faq");
        statistics.onCall(call(CacheOutcome.HIT, "redis", null));
        statistics.onCall(call(CacheOutcome.HIT, "near", null));
        statistics.onCall(call(CacheOutcome.HIT, "near", null));
        statistics.onCall(call(CacheOutcome.MISS, null, null));
        statistics.onCall(call(CacheOutcome.BYPASS, null, BypassReason.SCOPE));
        statistics.onCall(call(CacheOutcome.ERROR, null, null));
        statistics.onCall(call(CacheOutcome.STALE, "redis", null));
        statistics.onCall(call(CacheOutcome.STALE_IF_ERROR, "redis", null));
        statistics.onCall(call(CacheOutcome.COALESCED, null, null));
        statistics.onCall(call(CacheOutcome.REFUSED, null, null));
        statistics.onRefresh(new RefreshEvent("faq", null, "d", 1, true));
        statistics.onRefresh(new RefreshEvent("faq", null, "d", 1, true));
        statistics.onRefresh(new RefreshEvent("faq", null, "d", 1, false));
        statistics.onTierFailure(new TierFailureEvent("faq", "redis", Operation.STORE, FailureKind.TIMEOUT));
        statistics.onAnswerRejected(new AnswerRejectedEvent("faq", RejectionReason.EMPTY));

        assertThat(before.hits()).isZero();
        get("/llmcache")
                .jsonPath("$.caches.faq.hits")
                .isEqualTo(3)
                .jsonPath("$.caches.faq.hitsByTier")
                .isEqualTo(Map.of("redis", 1, "near", 2))
                .jsonPath("$.caches.faq.misses")
                .isEqualTo(1)
                .jsonPath("$.caches.faq.bypasses")
                .isEqualTo(1)
                .jsonPath("$.caches.faq.errors")
                .isEqualTo(1)
                .jsonPath("$.caches.faq.stale")
                .isEqualTo(1)
                .jsonPath("$.caches.faq.staleIfError")
                .isEqualTo(1)
                .jsonPath("$.caches.faq.coalesced")
                .isEqualTo(1)
                .jsonPath("$.caches.faq.refused")
                .isEqualTo(1)
                .jsonPath("$.caches.faq.refreshes")
                .isEqualTo(2)
                .jsonPath("$.caches.faq.failedRefreshes")
                .isEqualTo(1)
                .jsonPath("$.caches.faq.tierFailures")
                .isEqualTo(1)
                .jsonPath("$.caches.faq.rejected")
                .isEqualTo(1)
                .jsonPath("$.caches.faq.hitRatio")
                .isEqualTo(5.0 / 7);
    }

    @Test
    void tokens_and_money_are_told_of_this_jvm_by_model() {
        CacheStatistics statistics = application.statistics();
        statistics.onCall(priced(CacheOutcome.MISS, 2_000_000_000));
        statistics.onCall(priced(CacheOutcome.HIT, -1));
        statistics.onCall(priced(CacheOutcome.STALE, -1));

        get("/llmcache")
                .jsonPath("$.caches.prompt.saved")
                .isEqualTo(Map.of(
                        "inputTokens", 20, "outputTokens", 40, "cost", 0.5, "withoutTokens", 0, "withoutPrice", 0))
                .jsonPath("$.caches.prompt.spent.cost")
                .isEqualTo(0.25)
                .jsonPath("$.caches.prompt.models.gpt.saved.cost")
                .isEqualTo(0.5)
                .jsonPath("$.caches.prompt.models.gpt.hits")
                .isEqualTo(1)
                .jsonPath("$.caches.prompt.models.gpt.stale")
                .isEqualTo(1)
                .jsonPath("$.caches.prompt.models.gpt.misses")
                .isEqualTo(1)
                .jsonPath("$.caches.prompt.models.gpt.estimatedMillisSaved")
                .isEqualTo(4_000)
                .jsonPath("$.caches.prompt.loads")
                .isEqualTo(1)
                .jsonPath("$.caches.prompt.meanLoadMillis")
                .isEqualTo(2_000)
                .jsonPath("$.caches.prompt.estimatedMillisSaved")
                .isEqualTo(4_000)
                .jsonPath("$.fleetProblem")
                .doesNotExist();
    }

    @Test
    void what_all_jvms_counted_is_told_of_the_last_thirty_days() {
        application.fleet().count(10, 500_000_000);

        get("/llmcache")
                .jsonPath("$.caches.prompt.fleet.total.hits")
                .isEqualTo(10)
                .jsonPath("$.caches.prompt.fleet.total.saved.cost")
                .isEqualTo(0.5)
                .jsonPath("$.caches.prompt.fleet.total.estimatedMillisSaved")
                .isEqualTo(10_000)
                .jsonPath("$.caches.prompt.fleet.total.models.gpt.hits")
                .isEqualTo(10)
                .jsonPath("$.caches.prompt.fleet.total.models.gpt.misses")
                .isEqualTo(1)
                .jsonPath("$.caches.prompt.fleet.complete")
                .isEqualTo(true)
                .jsonPath("$.caches.prompt.fleet.from")
                .isEqualTo(application.fleet().today().minusDays(29).toString())
                .jsonPath("$.caches.prompt.fleet.to")
                .isEqualTo(application.fleet().today().toString())
                .jsonPath("$.caches.prompt.fleet.days")
                .doesNotExist();
    }

    @Test
    void the_days_are_told_one_by_one_to_those_who_say_how_many() {
        application.fleet().count(10, 500_000_000);
        String today = application.fleet().today().toString();

        get("/llmcache?days=7")
                .jsonPath("$.caches.prompt.fleet.from")
                .isEqualTo(application.fleet().today().minusDays(6).toString())
                .jsonPath("$.caches.prompt.fleet.days['" + today + "'].hits")
                .isEqualTo(10)
                .jsonPath("$.caches.prompt.fleet.days['" + today + "'].estimatedMillisSaved")
                .isEqualTo(10_000)
                .jsonPath("$.caches.prompt.fleet.days['" + today + "'].models.gpt.hits")
                .isEqualTo(10)
                .jsonPath("$.caches.prompt.fleet.days['" + today + "'].models.gpt.estimatedMillisSaved")
                .isEqualTo(10_000)
                .jsonPath("$.caches.prompt.fleet.days['" + today + "'].models.gpt.saved.cost")
                .isEqualTo(0.5);
    }

    @Test
    void how_many_prompts_were_repeats_is_told_where_it_is_counted() {
        get("/llmcache").jsonPath("$.caches.prompt.fleet.total.prompts").doesNotExist();

        application.fleet().ask(new AskedPrompts(10, 4));
        String today = application.fleet().today().toString();

        for (String counts : List.of("total", "days['" + today + "']")) {
            get("/llmcache?days=7")
                    .jsonPath("$.caches.prompt.fleet." + counts + ".prompts.asked")
                    .isEqualTo(10)
                    .jsonPath("$.caches.prompt.fleet." + counts + ".prompts.distinct")
                    .isEqualTo(4)
                    .jsonPath("$.caches.prompt.fleet." + counts + ".prompts.repeated")
                    .isEqualTo(6)
                    .jsonPath("$.caches.prompt.fleet." + counts + ".prompts.repeatRatio")
                    .isEqualTo(0.6);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "1001", "seven", "99999999999"})
    void a_number_of_days_that_can_t_be_is_refused(String days) {
        problem(exchange("/llmcache?days=" + days), 400, "The number of days is from 1 to 1000");
    }

    @Test
    void why_the_fleet_is_not_told_is_said_and_the_rest_is_told() {
        application.fleet().fail(FailureKind.TIMEOUT);

        get("/llmcache")
                .jsonPath("$.fleetProblem")
                .isEqualTo("Redis did not do what was asked: timeout")
                .jsonPath("$.caches.prompt.fleet")
                .doesNotExist()
                .jsonPath("$.caches.prompt.hits")
                .exists();
    }

    @Test
    void the_fleet_is_not_asked_for_where_redis_has_failed_already() {
        application.browser().failWith(FailureKind.CONNECTION);
        get("/llmcache").jsonPath("$.fleetProblem").isEqualTo("Redis did not do what was asked: connection");

        assertThat(application.fleet().questions()).isZero();
    }

    @Test
    void the_entries_of_a_cache_are_counted() {
        application.browser().put("prompt", entry("d1"));
        application.browser().put("prompt", entry("d2"));

        get("/llmcache")
                .jsonPath("$.caches.prompt.entries")
                .isEqualTo(2)
                .jsonPath("$.caches.prompt.entriesComplete")
                .isEqualTo(true)
                .jsonPath("$.caches.faq.entries")
                .isEqualTo(0);
    }

    @Test
    void a_count_that_ran_out_of_time_says_so() {
        application.browser().runOutOfTime();

        get("/llmcache").jsonPath("$.caches.prompt.entriesComplete").isEqualTo(false);
    }

    @Test
    void all_counts_together_take_a_fifth_of_a_second_at_most() {
        get("/llmcache");

        assertThat(application.browser().budgets()).hasSize(2);
        assertThat(application.browser().budgets().get(0)).isBetween(Duration.ofMillis(1), Duration.ofMillis(100));
        assertThat(application.browser().budgets().get(1)).isBetween(Duration.ofMillis(1), Duration.ofMillis(200));
    }

    @Test
    void the_memory_of_redis_is_told() {
        application.browser().tellMemory(() -> Optional.of(new ServerMemory(1_024, 4_096, "allkeys-lfu")));

        get("/llmcache").jsonPath("$.memory").isEqualTo(Map.of("used", 1_024, "max", 4_096, "policy", "allkeys-lfu"));
    }

    @Test
    void whether_calls_ask_redis_is_told_whether_it_answers_or_not() {
        get("/llmcache").jsonPath("$.circuit").isEqualTo("half-open");

        application.browser().failWith(FailureKind.CONNECTION);
        get("/llmcache").jsonPath("$.circuit").isEqualTo("half-open");
    }

    @Test
    void the_memory_is_left_out_where_redis_does_not_tell() {
        get("/llmcache").jsonPath("$.memory").doesNotExist();
    }

    @Test
    void the_calls_are_told_while_redis_is_gone_and_redis_is_asked_once() {
        application.browser().failWith(FailureKind.CONNECTION);

        get("/llmcache")
                .jsonPath("$.caches.prompt.hits")
                .isEqualTo(0)
                .jsonPath("$.caches.prompt.entries")
                .doesNotExist()
                .jsonPath("$.caches.prompt.entriesComplete")
                .doesNotExist()
                .jsonPath("$.memory")
                .doesNotExist();
        assertThat(application.browser().budgets()).hasSize(1);
    }

    @Test
    void a_page_tells_what_an_entry_is_and_hides_its_values() {
        application.browser().put("prompt", entry("d1"));

        String body = text(get("/llmcache/prompt")
                .jsonPath("$.entries[0].digest")
                .isEqualTo("d1")
                .jsonPath("$.entries[0].ttlLeftSeconds")
                .isEqualTo(1_800)
                .jsonPath("$.entries[0].size")
                .isEqualTo(512)
                .jsonPath("$.entries[0].model")
                .isEqualTo("gpt-4o")
                .jsonPath("$.entries[0].tokens")
                .isEqualTo(Map.of("input", 12, "output", 34))
                .jsonPath("$.entries[0].ageSeconds")
                .isNumber()
                .jsonPath("$.entries[0].key")
                .doesNotExist()
                .jsonPath("$.entries[0].prompt")
                .doesNotExist()
                .jsonPath("$.entries[0].answer")
                .doesNotExist());
        assertThat(body).doesNotContain("canary");
    }

    @Test
    void an_entry_is_hidden_unless_values_are_shown() {
        application.browser().put("prompt", entry("d1"));

        assertThat(text(get("/llmcache/prompt/d1").jsonPath("$.digest").isEqualTo("d1")))
                .doesNotContain("canary");
    }

    @Test
    void reading_what_is_hidden_is_not_audited() {
        application.browser().put("prompt", entry("d1"));

        get("/llmcache/prompt");
        get("/llmcache/prompt/d1");

        assertThat(application.audited()).isEmpty();
    }

    @Test
    void pages_follow_each_other_by_their_cursors() {
        for (String digest : new String[] {"d1", "d2", "d3"}) {
            application.browser().put("prompt", entry(digest));
        }

        get("/llmcache/prompt?limit=2")
                .jsonPath("$.entries.length()")
                .isEqualTo(2)
                .jsonPath("$.next")
                .isEqualTo("2");
        get("/llmcache/prompt?limit=2&cursor=2")
                .jsonPath("$.entries.length()")
                .isEqualTo(1)
                .jsonPath("$.entries[0].digest")
                .isEqualTo("d3")
                .jsonPath("$.next")
                .doesNotExist();
    }

    @Test
    void a_page_has_twenty_entries_by_default() {
        for (int i = 0; i < 30; i++) {
            application.browser().put("prompt", entry("d" + i));
        }

        get("/llmcache/prompt").jsonPath("$.entries.length()").isEqualTo(20);
        get("/llmcache/prompt?limit=&cursor=").jsonPath("$.entries.length()").isEqualTo(20);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "1001", "99999999999", "canary"})
    void a_bad_limit_is_refused_and_not_repeated(String limit) {
        problem(exchange("/llmcache/prompt?limit=" + limit), 400, "The limit is a whole number from 1 to 1000");
    }

    @Test
    void the_largest_limit_is_a_thousand() {
        get("/llmcache/prompt?limit=1000").jsonPath("$.entries").isArray();
    }

    @Test
    void a_bad_cursor_is_refused_and_not_repeated() {
        problem(
                exchange("/llmcache/prompt?cursor=canary"),
                400,
                "The cursor is none: leave it out to begin, or take 'next' of the page before");
    }

    @Test
    void a_search_of_hidden_prompts_is_refused_and_names_the_property() {
        application.browser().put("prompt", entry("d1"));

        String message = text(exchange("/llmcache/prompt?prompt=canary")
                .expectStatus()
                .isForbidden()
                .expectBody());

        assertThat(message).contains("management.endpoint.llmcache.show-values").doesNotContain("canary");
    }

    @Test
    void an_empty_search_is_none() {
        get("/llmcache/prompt?prompt=").jsonPath("$.entries").isArray();
    }

    @Test
    void an_unknown_cache_is_not_found_whatever_is_asked_of_it() {
        application.browser().put("other", entry("d1"));

        problem(exchange("/llmcache/other"), 404, "There is no such cache");
        problem(exchange("/llmcache/other/d1"), 404, "There is no such cache");
        problem(client.delete().uri("/llmcache/other").exchange(), 404, "There is no such cache");
        problem(client.delete().uri("/llmcache/other/d1").exchange(), 404, "There is no such cache");
        assertThat(application.browser().digests("other")).containsExactly("d1");
    }

    @Test
    void an_absent_entry_is_not_found() {
        problem(exchange("/llmcache/prompt/d1"), 404, "There is no such entry");
        problem(client.delete().uri("/llmcache/prompt/d1").exchange(), 404, "There is no such entry");
    }

    @Test
    void the_end_of_a_readable_key_is_no_digest() {
        String end = "canary~d1";
        application.browser().put("prompt", entry(end));

        problem(exchange("/llmcache/prompt/" + end), 404, "There is no such entry");
        problem(client.delete().uri("/llmcache/prompt/" + end).exchange(), 404, "There is no such entry");
        assertThat(application.browser().digests("prompt")).containsExactly(end);
        assertThat(application.audited()).isEmpty();
    }

    @Test
    void one_entry_can_be_evicted() {
        application.browser().put("prompt", entry("d1"));
        application.browser().put("prompt", entry("d2"));

        client.delete()
                .uri("/llmcache/prompt/d1")
                .exchange()
                .expectStatus()
                .isNoContent()
                .expectBody()
                .isEmpty();

        assertThat(application.browser().digests("prompt")).containsExactly("d2");
    }

    @Test
    void all_entries_of_one_cache_can_be_evicted() {
        application.browser().put("prompt", entry("d1"));
        application.browser().put("prompt", entry("d2"));
        application.browser().put("faq", entry("d3"));

        client.delete()
                .uri("/llmcache/prompt")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.evicted")
                .isEqualTo(2);

        assertThat(application.browser().digests("prompt")).isEmpty();
        assertThat(application.browser().digests("faq")).containsExactly("d3");
    }

    @Test
    void entries_can_be_evicted_by_a_tag_a_model_or_a_scope() {
        for (String part : new String[] {"tag", "model", "scope"}) {
            application.evictor().answerWith(3);

            client.delete()
                    .uri("/llmcache/faq?" + part + "=canary")
                    .exchange()
                    .expectStatus()
                    .isOk()
                    .expectBody()
                    .jsonPath("$.evicted")
                    .isEqualTo(3);
        }

        assertThat(application.evictor().evictions())
                .containsExactly(
                        Map.entry("faq", new Eviction.OfTag("canary")),
                        Map.entry("faq", new Eviction.OfModel("canary")),
                        Map.entry("faq", new Eviction.OfScope("canary")));
    }

    @Test
    void an_eviction_of_a_part_is_audited_by_what_it_was_told_and_not_with_its_name() {
        application.evictor().answerWith(3);

        application.clientOf("ada").delete().uri("/llmcache/faq?scope=canary").exchangeSuccessfully();

        assertThat(application.audited()).singleElement().satisfies(event -> {
            assertThat(event.getType()).isEqualTo("LLM_CACHE_EVICTED");
            assertThat(event.getPrincipal()).isEqualTo("ada");
            assertThat(event.getData()).isEqualTo(Map.of("cache", "faq", "by", "scope", "count", 3L));
        });
    }

    @Test
    void an_eviction_of_a_part_that_broke_off_is_told_and_audited() {
        application.browser().failWith(FailureKind.CONNECTION);

        problem(
                client.delete().uri("/llmcache/faq?tag=canary").exchange(),
                503,
                "Redis did not do what was asked: connection");
        assertThat(application.audited()).singleElement().satisfies(event -> assertThat(event.getData())
                .isEqualTo(Map.of("cache", "faq", "by", "tag", "failure", "connection")));
    }

    @Test
    void a_part_of_a_cache_is_not_taken_for_the_whole() {
        application.browser().put("prompt", entry("d1"));

        for (String parameter : new String[] {"tag", "model", "scope"}) {
            problem(
                    client.delete().uri("/llmcache/prompt?" + parameter + "=").exchange(),
                    400,
                    "The " + parameter + " is blank; leave it out to evict the whole cache, if that is meant");
        }
        problem(
                client.delete().uri("/llmcache/prompt?tag=a&scope=b").exchange(),
                400,
                "Entries are evicted by one of tag, model and scope, not by several");
        problem(
                client.delete().uri("/llmcache/prompt?prompt=x").exchange(),
                400,
                "Entries can't be evicted by their prompts: name a tag, a model or a scope, or a digest");
        problem(client.delete().uri("/llmcache/other?tag=a").exchange(), 404, "There is no such cache");
        assertThat(application.evictor().evictions()).isEmpty();
        assertThat(application.browser().digests("prompt")).containsExactly("d1");
    }

    @Test
    void a_cache_can_be_switched_and_switched_back() {
        switchMode("{\"mode\": \"off\", \"cache\": \"faq\"}")
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$")
                .isEqualTo(Map.of("cache", "faq", "mode", "off"));
        get("/llmcache")
                .jsonPath("$.caches.faq.mode")
                .isEqualTo("off")
                .jsonPath("$.caches.faq.settings.mode")
                .isEqualTo("on")
                .jsonPath("$.caches.prompt.mode")
                .isEqualTo("on")
                .jsonPath("$.switchedMode")
                .doesNotExist();

        switchMode("{\"mode\": \"configured\", \"cache\": \"faq\"}")
                .expectStatus()
                .isOk();
        get("/llmcache").jsonPath("$.caches.faq.mode").isEqualTo("on");
    }

    @Test
    void all_caches_can_be_switched() {
        switchMode("{\"mode\": \"Read-Only\"}")
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$")
                .isEqualTo(Map.of("mode", "read-only"));

        get("/llmcache")
                .jsonPath("$.switchedMode")
                .isEqualTo("read-only")
                .jsonPath("$.caches.faq.mode")
                .isEqualTo("read-only")
                .jsonPath("$.caches.prompt.mode")
                .isEqualTo("read-only");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"mode\": \"canary\"}", "{\"mode\": \"\"}", "{}", "{\"cache\": \"faq\"}"})
    void a_bad_mode_is_refused_and_the_allowed_ones_are_named(String body) {
        problem(switchMode(body), 400, "The mode is one of on, read-only, refresh, off, configured");
        assertThat(application.modes().switchedTo(null)).isNull();
        assertThat(application.audited()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"other", "", "*"})
    void a_cache_that_is_not_there_is_not_switched(String cache) {
        problem(switchMode("{\"mode\": \"off\", \"cache\": \"" + cache + "\"}"), 404, "There is no such cache");
        assertThat(application.modes().switchedTo(null)).isNull();
        assertThat(application.audited()).isEmpty();
    }

    @Test
    void switches_are_audited() {
        application
                .clientOf("ada")
                .post()
                .uri("/llmcache")
                .contentType(MediaType.APPLICATION_JSON)
                .body("{\"mode\": \"refresh\", \"cache\": \"faq\"}")
                .exchangeSuccessfully();
        switchMode("{\"mode\": \"configured\"}");

        assertThat(application.audited())
                .extracting(AuditEvent::getType, AuditEvent::getPrincipal, AuditEvent::getData)
                .containsExactly(
                        tuple("LLM_CACHE_MODE_CHANGED", "ada", Map.of("cache", "faq", "mode", "refresh")),
                        tuple("LLM_CACHE_MODE_CHANGED", "anonymous", Map.of("cache", "*", "mode", "configured")));
    }

    @Test
    void a_switch_that_redis_did_not_take_changes_nothing() {
        application.modes().failWith(FailureKind.TIMEOUT);

        problem(switchMode("{\"mode\": \"off\"}"), 503, "Redis did not do what was asked: timeout");
        get("/llmcache").jsonPath("$.caches.faq.mode").isEqualTo("on");
        assertThat(application.audited()).singleElement().satisfies(event -> assertThat(event.getData())
                .isEqualTo(Map.of("cache", "*", "mode", "off", "failure", "timeout")));
    }

    @Test
    void entries_are_unavailable_while_redis_is_gone() {
        application.browser().failWith(FailureKind.TIMEOUT);
        String message = "Redis did not do what was asked: timeout";

        problem(exchange("/llmcache/prompt"), 503, message);
        problem(exchange("/llmcache/prompt/d1"), 503, message);
        problem(client.delete().uri("/llmcache/prompt").exchange(), 503, message);
        problem(client.delete().uri("/llmcache/prompt/d1").exchange(), 503, message);
    }

    @Test
    void evictions_are_audited_with_who_what_and_how_many() {
        application.browser().put("prompt", entry("d1"));
        application.browser().put("prompt", entry("d2"));
        application.browser().put("prompt", entry("d3"));

        application.clientOf("ada").delete().uri("/llmcache/prompt/d1").exchangeSuccessfully();
        client.delete().uri("/llmcache/prompt").exchangeSuccessfully();

        assertThat(application.audited()).hasSize(2);
        assertThat(application.audited().get(0).getType()).isEqualTo("LLM_CACHE_EVICTED");
        assertThat(application.audited().get(0).getPrincipal()).isEqualTo("ada");
        assertThat(application.audited().get(0).getData())
                .isEqualTo(Map.of("cache", "prompt", "digest", "d1", "count", 1L));
        assertThat(application.audited().get(1).getPrincipal()).isEqualTo("anonymous");
        assertThat(application.audited().get(1).getData()).isEqualTo(Map.of("cache", "prompt", "count", 2L));
    }

    @Test
    void an_eviction_that_broke_off_is_audited_with_its_failure() {
        application.browser().failWith(FailureKind.TIMEOUT);

        client.delete().uri("/llmcache/prompt").exchange();

        assertThat(application.audited()).singleElement().satisfies(event -> assertThat(event.getData())
                .isEqualTo(Map.of("cache", "prompt", "failure", "timeout")));
    }

    @Test
    void an_eviction_of_nothing_by_its_digest_is_not_audited() {
        client.delete().uri("/llmcache/prompt/canary").exchange();

        assertThat(application.audited()).isEmpty();
    }

    private static PromptCacheEvent call(CacheOutcome outcome, @Nullable String tier, @Nullable BypassReason bypass) {
        return new PromptCacheEvent("faq", outcome, tier, bypass, null, null, 1, -1, Double.NaN);
    }

    private static PromptCacheEvent priced(CacheOutcome outcome, long loadNanos) {
        AnswerCost cost = new AnswerCost(10, 20, 250_000_000);
        return new PromptCacheEvent("prompt", outcome, null, null, "gpt", null, 1, loadNanos, Double.NaN, cost);
    }

    private static ResponseSpec switchMode(String body) {
        return client.post()
                .uri("/llmcache")
                .contentType(MediaType.APPLICATION_JSON)
                .body(body)
                .exchange();
    }

    private static ResponseSpec exchange(String path) {
        return client.get().uri(path).exchange();
    }

    private static BodyContentSpec get(String path) {
        return exchange(path).expectStatus().isOk().expectBody();
    }

    private static String text(BodyContentSpec body) {
        return new String(Objects.requireNonNull(body.returnResult().getResponseBody()), StandardCharsets.UTF_8);
    }

    private static void problem(ResponseSpec response, int status, String message) {
        response.expectStatus().isEqualTo(status).expectBody().jsonPath("$").isEqualTo(Map.of("message", message));
    }
}
