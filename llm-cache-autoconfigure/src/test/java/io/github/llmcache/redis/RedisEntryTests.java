package io.github.llmcache.redis;

import static io.github.llmcache.redis.Applications.awaitHit;
import static io.github.llmcache.redis.Applications.outcomeOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.event.CacheStatistics;
import io.github.llmcache.event.RejectionReason;
import io.github.llmcache.event.TierFailureEvent.Operation;
import io.github.llmcache.testing.OwnThread;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.tier.FailureKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

/** An answer in Redis, whole or damaged, as an application sees it. */
@ParameterizedClass
@EnumSource
class RedisEntryTests {

    @Parameter
    @SuppressWarnings("NullAway.Init") // set before each test
    private Shelf shelf;

    private final RealRedis redis = RealRedis.shared();

    @SuppressWarnings("NullAway.Init") // set before each test
    private ApplicationContextRunner application;

    @BeforeEach
    void application() {
        application = Applications.on(redis).withPropertyValues(shelf.property());
    }

    @Test
    void a_repeated_question_is_answered_from_redis() {
        application.run(context -> {
            Oracle oracle = context.getBean(Oracle.class);

            assertThat(outcomeOf(context, () -> oracle.ask("Why?"))).isEqualTo(CacheOutcome.MISS);
            assertThat(outcomeOf(context, () -> oracle.ask("Why?"))).isEqualTo(CacheOutcome.HIT);
            assertThat(oracle.ask("Why?")).isEqualTo("Answer to Why?");
            assertThat(oracle.calls()).isEqualTo(1);
        });
    }

    @Test
    void the_text_of_a_script_is_sent_until_the_server_knows_it_and_again_when_it_has_forgotten_it() {
        application.run(context -> {
            Oracle oracle = context.getBean(Oracle.class);
            awaitHit(context, () -> oracle.ask("Is it known?"));
            long textsBefore = texts();

            for (int i = 0; i < 10; i++) {
                String question = "Text " + i;
                awaitHit(context, () -> oracle.ask(question));
            }
            assertThat(texts()).isEqualTo(textsBefore);

            redis.commands().scriptFlush();
            for (int i = 10; i < 20; i++) {
                String question = "Text " + i;
                awaitHit(context, () -> oracle.ask(question));
            }
            // Once for each script, that of the lease and that of the store; and once more where the same is asked
            // again
            // before the text has arrived.
            assertThat(texts()).isBetween(textsBefore + 2, textsBefore + 3);
        });
    }

    private long texts() {
        Matcher calls = Pattern.compile("cmdstat_eval:calls=(\\d+)")
                .matcher(redis.commands().info("commandstats"));
        return calls.find() ? Long.parseLong(calls.group(1)) : 0;
    }

    @Test
    void hundreds_who_ask_the_same_at_once_send_few_commands_and_all_get_the_answer() {
        application
                .withPropertyValues("llm-cache.redis.timeout=20s", "llm-cache.near.enabled=false")
                .run(context -> {
                    Oracle oracle = context.getBean(Oracle.class);
                    oracle.ask("Why?");
                    awaitHit(context, () -> oracle.ask("Why?"));
                    redis.commands().configResetstat();
                    redis.commands().clientPause(500);
                    List<CompletableFuture<String>> callers = new ArrayList<>();
                    for (int i = 0; i < 300; i++) {
                        callers.add(OwnThread.supply(() -> oracle.ask("Why?")));
                    }
                    assertThat(callers)
                            .allSatisfy(caller -> assertThat(caller.get()).isEqualTo("Answer to Why?"));
                    assertThat(oracle.calls()).isEqualTo(1);
                    String sent = redis.commands()
                            .info("commandstats")
                            .lines()
                            .filter(line -> line.matches("cmdstat_h?get:.*"))
                            .collect(Collectors.joining());
                    // Those before the many, those who share, and some more where callers come late.
                    assertThat(Integer.parseInt(sent.replaceAll("[^:]*:calls=(\\d+),.*", "$1")))
                            .isBetween(17, 100);
                });
    }

    @Test
    void an_answer_outlives_the_application_that_stored_it() {
        application.run(context -> {
            context.getBean(Oracle.class).ask("Why?");
            awaitHit(context, () -> context.getBean(Oracle.class).ask("Why?"));
        });
        application.run(context -> {
            assertThat(outcomeOf(context, () -> context.getBean(Oracle.class).ask("Why?")))
                    .isEqualTo(CacheOutcome.HIT);
        });
    }

    @Test
    void the_server_forgets_an_answer_when_its_ttl_ends() {
        application
                .withPropertyValues("llm-cache.ttl=10m", "llm-cache.caches.faq.ttl=2m")
                .run(context -> {
                    Oracle oracle = context.getBean(Oracle.class);

                    assertThat(millisLeft(() -> oracle.ask("Why?"))).isBetween(570_000L, 600_000L);
                    assertThat(millisLeft(() -> oracle.askFaq("Why?"))).isBetween(90_000L, 120_000L);
                    assertThat(millisLeft(() -> oracle.askBriefly("Why?"))).isBetween(1L, 20_000L);
                });
    }

    @Test
    void an_answer_whose_ttl_has_ended_is_asked_for_again() {
        application.withPropertyValues("llm-cache.ttl=300ms").run(context -> {
            Oracle oracle = context.getBean(Oracle.class);
            oracle.ask("Why?");

            await().until(() -> shelf.digests(redis).isEmpty());
            assertThat(outcomeOf(context, () -> oracle.ask("Why?"))).isEqualTo(CacheOutcome.MISS);
        });
    }

    @Test
    void jitter_shortens_ttls_within_its_bounds_and_each_by_another_time() {
        application
                .withPropertyValues("llm-cache.ttl=1000m", "llm-cache.ttl-jitter=0.5")
                .run(context -> {
                    Oracle oracle = context.getBean(Oracle.class);
                    List<Long> minutes = new ArrayList<>();
                    for (int i = 0; i < 30; i++) {
                        int question = i;
                        minutes.add(millisLeft(() -> oracle.ask("Why " + question)) / 60_000);
                    }

                    assertThat(minutes).allMatch(left -> left >= 499 && left <= 1000);
                    assertThat(minutes.stream().distinct()).hasSizeGreaterThan(20);
                });
    }

    @Test
    void an_answer_that_is_larger_than_the_limit_is_not_stored() {
        application.withPropertyValues("llm-cache.max-entry-size=1002B").run(context -> {
            Oracle oracle = context.getBean(Oracle.class);

            oracle.recite(1001);
            assertThat(context.getBean(RecordedEvents.class).rejections()).containsExactly(RejectionReason.TOO_LARGE);
            oracle.recite(1000);
            awaitHit(context, () -> oracle.recite(1000));
            assertThat(shelf.digests(redis)).hasSize(1);
        });
    }

    @Test
    void a_value_of_another_type_is_a_miss_that_is_counted_and_overwritten() {
        application.run(context -> {
            String digest = storedDigest(context);
            shelf.putList(redis, digest);

            assertUnusable(context, FailureKind.WRONG_TYPE);
            assertThat(shelf.read(redis, digest)).contains("Answer to Why?");
        });
    }

    @Test
    void a_damaged_entry_is_a_miss_that_is_counted_and_overwritten() {
        application.run(context -> {
            String digest = storedDigest(context);
            String whole = Objects.requireNonNull(shelf.read(redis, digest));
            for (String damaged : List.of(
                    "", "canary", whole.substring(0, whole.length() - 2), whole.replace("\"Answer", "{\"Answer"))) {
                // A call that comes before the last answer's store is known to be done is still answered by that one.
                await().untilAsserted(() -> {
                    shelf.put(redis, digest, damaged);

                    assertUnusable(context, FailureKind.UNREADABLE);
                });
            }
        });
    }

    @Test
    void an_entry_whose_payload_is_of_another_type_is_a_miss_that_is_counted_and_overwritten() {
        application.run(context -> {
            String digest = storedDigest(context);
            String whole = Objects.requireNonNull(shelf.read(redis, digest));
            shelf.put(redis, digest, whole.replaceFirst("\"payload\":.*", "\"payload\":{\"no\":[\"text\"]}}"));

            assertUnusable(context, FailureKind.UNREADABLE);
        });
    }

    @Test
    void the_answer_to_another_question_is_a_miss_that_is_counted_and_overwritten() {
        application.run(context -> {
            Oracle oracle = context.getBean(Oracle.class);
            String digest = storedDigest(context);
            oracle.ask("How?");
            awaitHit(context, () -> oracle.ask("How?"));
            String other = shelf.digests(redis).stream()
                    .filter(candidate -> !candidate.equals(digest))
                    .findAny()
                    .orElseThrow();
            shelf.put(redis, digest, Objects.requireNonNull(shelf.read(redis, other)));

            assertUnusable(context, FailureKind.UNREADABLE);
        });
    }

    @Test
    void an_entry_of_a_newer_release_is_a_miss_and_left_alone() {
        application.run(context -> {
            Oracle oracle = context.getBean(Oracle.class);
            RecordedEvents events = context.getBean(RecordedEvents.class);
            String digest = storedDigest(context);
            String newer = "{\"digest\":{\"of\":\"v2\"},\"payload\":[\"Answer\"],\"v\":2}";
            shelf.put(redis, digest, newer);
            // The first question may still be on its way to those who asked it at the same time.
            await().until(() -> outcomeOf(context, () -> oracle.ask("Why?")) == CacheOutcome.MISS);
            events.clear();

            for (int i = 0; i < 3; i++) {
                assertThat(oracle.ask("Why?")).isEqualTo(Oracle.answerTo("Why?"));
            }
            assertThat(events.outcomes()).containsOnly(CacheOutcome.MISS);
            assertThat(events.failures(Operation.LOOKUP)).containsOnly(FailureKind.NEWER_FORMAT);
            assertThat(events.rejections()).hasSize(3).containsOnly(RejectionReason.NEWER_FORMAT);
            // A store would have gone over the same connection before this question and its hit.
            oracle.ask("How?");
            awaitHit(context, () -> oracle.ask("How?"));
            assertThat(shelf.read(redis, digest)).isEqualTo(newer);
        });
    }

    @Test
    void a_call_that_looks_nothing_up_leaves_an_entry_of_a_newer_release_alone_too() {
        AtomicReference<String> digest = new AtomicReference<>("");
        application.run(context -> digest.set(storedDigest(context)));
        shelf.put(redis, Objects.requireNonNull(digest.get()), "{\"v\":2}");

        application.withPropertyValues("llm-cache.mode=refresh").run(context -> {
            RecordedEvents events = context.getBean(RecordedEvents.class);
            assertThat(context.getBean(Oracle.class).ask("Why?")).isEqualTo(Oracle.answerTo("Why?"));

            await().untilAsserted(() -> assertThat(events.rejections()).containsExactly(RejectionReason.NEWER_FORMAT));
        });
        assertThat(shelf.read(redis, Objects.requireNonNull(digest.get()))).isEqualTo("{\"v\":2}");
    }

    @Test
    void a_readable_key_shows_the_prompt_and_is_found_again() {
        assumeTrue(shelf == Shelf.STRING);
        application.withPropertyValues("llm-cache.key-style=readable").run(context -> {
            Oracle oracle = context.getBean(Oracle.class);
            oracle.ask("Explain  100% of Transformers");
            awaitHit(context, () -> oracle.ask("explain 100% of transformers"));

            assertThat(redis.answers())
                    .singleElement()
                    .asString()
                    .matches("prompt:explain 100%25 of transformers~[A-Za-z0-9_-]{22}");
        });
    }

    @Test
    void the_name_of_the_application_stands_before_every_key_unless_a_prefix_is_set() {
        application.withPropertyValues("spring.application.name=shop").run(context -> {
            storedDigest(context);
            assertThat(redis.answers()).singleElement().asString().startsWith(shelf.key("shop:", "prompt", ""));
        });
        redis.commands().flushall();
        application
                .withPropertyValues("spring.application.name=shop", "llm-cache.key-prefix=")
                .run(context -> {
                    storedDigest(context);
                    assertThat(redis.answers()).singleElement().asString().startsWith(shelf.key("", "prompt", ""));
                });
    }

    @Test
    void an_interrupted_caller_gets_its_answer_and_stays_interrupted() {
        application.run(context -> {
            Oracle oracle = context.getBean(Oracle.class);
            storedDigest(context);

            Thread.currentThread().interrupt();
            String answer = oracle.ask("Why?");
            boolean flag = Thread.interrupted();

            assertThat(answer).isEqualTo(Oracle.answerTo("Why?"));
            assertThat(flag).isTrue();
            assertThat(outcomeOf(context, () -> oracle.ask("Why?"))).isEqualTo(CacheOutcome.HIT);
        });
    }

    /** Asks twice: the first time what stands in Redis is of no use, the second time it has been overwritten. */
    private static void assertUnusable(ApplicationContext context, FailureKind kind) throws Exception {
        Oracle oracle = context.getBean(Oracle.class);
        RecordedEvents events = context.getBean(RecordedEvents.class);
        events.clear();
        long counted = context.getBean(CacheStatistics.class).of("prompt").tierFailures();

        assertThat(oracle.ask("Why?")).isEqualTo(Oracle.answerTo("Why?"));
        assertThat(oracle.ask("Why?")).isEqualTo(Oracle.answerTo("Why?"));

        assertThat(events.outcomes()).containsExactly(CacheOutcome.MISS, CacheOutcome.HIT);
        assertThat(events.failures(Operation.LOOKUP)).containsExactly(kind);
        assertThat(events.failures(Operation.STORE)).isEmpty();
        assertThat(context.getBean(CacheStatistics.class).of("prompt").tierFailures())
                .isEqualTo(counted + 1);
    }

    /** The digest of the answer to "Why?", which this stores. */
    private String storedDigest(ApplicationContext context) {
        context.getBean(Oracle.class).ask("Why?");
        awaitHit(context, () -> context.getBean(Oracle.class).ask("Why?"));
        context.getBean(RecordedEvents.class).clear();
        assertThat(shelf.digests(redis)).hasSize(1);
        return shelf.digests(redis).get(0);
    }

    /** How long the one answer lives that a call stores. */
    private long millisLeft(Runnable call) {
        redis.commands().flushall();
        call.run();
        await().pollInterval(Duration.ofMillis(5)).until(() -> redis.answers().size() == 1);
        return redis.commands().pttl(redis.answers().get(0));
    }
}
