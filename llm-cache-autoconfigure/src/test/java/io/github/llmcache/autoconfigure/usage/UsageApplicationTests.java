package io.github.llmcache.autoconfigure.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import io.github.llmcache.annotation.CachedPrompt;
import io.github.llmcache.autoconfigure.InvalidLlmCachePropertyException;
import io.github.llmcache.autoconfigure.bulkhead.LlmCacheBulkheadAutoConfiguration;
import io.github.llmcache.autoconfigure.langchain4j.LlmCacheLangChain4jAutoConfiguration;
import io.github.llmcache.autoconfigure.metrics.LlmCacheMetricsAutoConfiguration;
import io.github.llmcache.autoconfigure.reactor.LlmCacheReactorAutoConfiguration;
import io.github.llmcache.engine.CallSubject;
import io.github.llmcache.engine.PromptCallDirectives;
import io.github.llmcache.engine.PromptDirectives;
import io.github.llmcache.interceptor.InvalidCachedPromptException;
import io.github.llmcache.metrics.UsageMetrics;
import io.github.llmcache.testing.CacheApplication;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.usage.UsageGuard;
import io.github.llmcache.usage.UsageLedger;
import io.github.llmcache.usage.UsageLimitExceededException;
import io.github.llmcache.usage.UsageReport;
import io.github.llmcache.usage.UsageSubjectResolver;
import io.github.llmcache.usage.UsageUnavailableException;
import io.github.llmcache.usage.UsageUnit;
import io.github.llmcache.usage.UsageWarningListener;
import io.github.llmcache.usage.UsageWarnings;
import io.github.llmcache.usage.UsageWindow;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContextHolder;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

@ExtendWith(OutputCaptureExtension.class)
class UsageApplicationTests {

    private final RealRedis redis = RealRedis.shared();

    private final ApplicationContextRunner runner = on(redis);

    private static ApplicationContextRunner on(RealRedis redis) {
        return CacheApplication.on(redis)
                .withConfiguration(AutoConfigurations.of(
                        LlmCacheBulkheadAutoConfiguration.class,
                        LlmCacheLangChain4jAutoConfiguration.class,
                        LlmCacheReactorAutoConfiguration.class,
                        LlmCacheMetricsAutoConfiguration.class,
                        LlmCacheUsageAutoConfiguration.class))
                .withBean(SimpleMeterRegistry.class)
                .withBean(Model.class)
                .withPropertyValues("llm-cache.models.gpt.input-price=1", "llm-cache.models.gpt.output-price=2");
    }

    @AfterEach
    void logOut() {
        SecurityContextHolder.clearContext();
    }

    @Test
    void nothing_is_counted_and_nothing_is_there_unless_it_is_asked_for() {
        runner.run(context -> {
            context.getBean(Model.class).ask("why", "ada");

            assertThat(context).doesNotHaveBean(UsageLedger.class).doesNotHaveBean(CallSubject.class);
            assertThat(redis.commands().keys("usage:*")).isEmpty();
        });
    }

    @ParameterizedTest
    @CsvSource({
        "llm-cache.usage.enabled=true,true",
        "llm-cache.usage.limits.day.calls=5,true",
        "llm-cache.usage.subjects.ada.limits.day.calls=5,true",
        "llm-cache.usage.zone=Europe/Berlin,false",
    })
    void limits_or_the_switch_turn_it_on(String property, boolean on) {
        runner.withPropertyValues(property).run(context -> assertThat(context.getBeansOfType(UsageGuard.class))
                .hasSize(on ? 1 : 0));
        runner.withPropertyValues(property, "llm-cache.usage.enabled=false")
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void calls_tokens_and_money_are_counted_under_keys_that_expire_with_their_window() {
        runner.withPropertyValues("llm-cache.usage.enabled=true", "llm-cache.usage.limits.month.calls=1000")
                .run(context -> {
                    Model model = context.getBean(Model.class);
                    model.ask("why", "ada");
                    model.ask("why", "ada");
                    model.ask("how", "ada");

                    awaitCounter("usage:ada:tokens", 60);
                    awaitCounter("usage:ada:tokens:month", 60);
                    assertThat(redis.commands().get("usage:ada:count")).isEqualTo("2");
                    assertThat(redis.commands().get("usage:ada:count:month")).isEqualTo("2");
                    // Ten tokens at 1 a million and twenty at 2 a million, twice.
                    assertThat(redis.commands().get("usage:ada:cost")).isEqualTo("100000");
                    long toTomorrow = Duration.between(
                                    Instant.now(), UsageWindow.DAY.end(Instant.now(), java.time.ZoneOffset.UTC))
                            .toMillis();
                    assertThat(redis.commands().pttl("usage:ada:count"))
                            .isBetween(toTomorrow - 60_000, toTomorrow + 60_000);
                    assertThat(redis.commands().keys("usage:*")).hasSize(6);
                    assertThat(context.getBean(UsageReport.class).of("ada"))
                            .filteredOn(line -> line.window() == UsageWindow.MONTH && line.unit() == UsageUnit.CALLS)
                            .singleElement()
                            .satisfies(line -> {
                                assertThat(line.used()).isEqualTo(BigDecimal.valueOf(2));
                                assertThat(line.limit()).isEqualTo(BigDecimal.valueOf(1000));
                                assertThat(line.resetsAt()).isAfter(Instant.now());
                            });
                    assertThat(context.getBean(UsageReport.class).of("ada"))
                            .filteredOn(line -> line.window() == UsageWindow.DAY && line.unit() == UsageUnit.MONEY)
                            .singleElement()
                            .satisfies(line -> {
                                assertThat(line.used()).isEqualTo(new BigDecimal("0.0001"));
                                assertThat(line.limit()).isNull();
                            });
                });
    }

    @Test
    void usage_is_kept_where_state_is_kept() throws Exception {
        try (RealRedis other = RealRedis.start()) {
            runner.withBean(
                            "answers",
                            LettuceConnectionFactory.class,
                            () -> new LettuceConnectionFactory("127.0.0.1", redis.port()))
                    .withBean(
                            "state",
                            LettuceConnectionFactory.class,
                            () -> new LettuceConnectionFactory("127.0.0.1", other.port()))
                    .withPropertyValues(
                            "llm-cache.redis.connection-factory=answers",
                            "llm-cache.state.connection-factory=state",
                            "llm-cache.usage.limits.day.calls=1")
                    .run(context -> {
                        context.getBean(Model.class).ask("1", "ada");

                        assertThat(other.commands().get("usage:ada:count")).isEqualTo("1");
                        assertThat(redis.commands().keys("usage:*")).isEmpty();
                    });
        }
    }

    @Test
    void a_hit_sends_redis_nothing_for_usage() {
        runner.withPropertyValues("llm-cache.usage.limits.day.calls=5").run(context -> {
            Model model = context.getBean(Model.class);
            model.ask("why", "ada");
            awaitCounter("usage:ada:tokens", 30);
            redis.commands().configResetstat();

            for (int i = 0; i < 20; i++) {
                model.ask("why", "ada");
            }

            assertThat(redis.commands().info("commandstats")).doesNotContain("eval", "incrby");
            assertThat(redis.commands().get("usage:ada:count")).isEqualTo("1");
        });
    }

    @Test
    void a_bean_is_told_when_a_budget_is_used_for_the_most_part() {
        List<String> warnings = new CopyOnWriteArrayList<>();
        runner.withPropertyValues("llm-cache.usage.limits.day.calls=5")
                .withBean(
                        UsageWarningListener.class,
                        () -> (subject, status) -> warnings.add(
                                subject + ": " + status.used() + " of " + status.limit() + " " + status.unit()))
                .run(context -> {
                    Model model = context.getBean(Model.class);
                    for (int i = 0; i < 5; i++) {
                        model.ask("q" + i, "ada");
                        model.ask("q" + i, "ada");
                    }

                    await().until(() -> !warnings.isEmpty());
                    assertThat(warnings).containsExactly("ada: 4 of 5 CALLS");
                    SimpleMeterRegistry registry = new SimpleMeterRegistry();
                    context.getBean(UsageMetrics.class).bindTo(registry);
                    assertThat(registry.get("llm.cache.usage.warned")
                                    .tags("window", "day", "unit", "calls")
                                    .functionCounter()
                                    .count())
                            .isEqualTo(1);
                    assertThat(registry.get("llm.cache.usage.highest.share")
                                    .tags("window", "day", "unit", "calls")
                                    .gauge()
                                    .value())
                            .isEqualTo(1);
                });
    }

    @Test
    void the_share_at_which_it_is_warned_is_a_setting() {
        runner.withPropertyValues("llm-cache.usage.limits.day.calls=4", "llm-cache.usage.warn-at=25")
                .run(context -> {
                    context.getBean(Model.class).ask("why", "ada");

                    assertThat(context.getBean(UsageWarnings.class).counts().of(UsageWindow.DAY, UsageUnit.CALLS))
                            .isEqualTo(1);
                });
    }

    @Test
    void hits_count_where_they_are_said_to_and_are_never_refused() {
        runner.withPropertyValues("llm-cache.usage.limits.day.calls=3", "llm-cache.usage.count-hits=true")
                .run(context -> {
                    Model model = context.getBean(Model.class);
                    for (int i = 0; i < 5; i++) {
                        model.ask("why", "ada");
                    }
                    awaitCounter("usage:ada:count", 5);

                    assertThatThrownBy(() -> model.ask("how", "ada")).isInstanceOf(UsageLimitExceededException.class);
                    assertThat(model.ask("why", "ada").aiMessage().text()).isEqualTo("why");
                });
    }

    @Test
    void over_the_limit_the_model_is_not_asked_and_the_caller_is_told_what_and_until_when(CapturedOutput output) {
        runner.withPropertyValues(
                        "llm-cache.usage.limits.minute.calls=50",
                        "llm-cache.usage.limits.day.calls=2",
                        "llm-cache.usage.subjects.[vip-user].limits.day.calls=3",
                        "llm-cache.usage.subjects.[free-user].limits.day.calls=-1")
                .run(context -> {
                    Model model = context.getBean(Model.class);
                    model.ask("1", "canary-user");
                    model.ask("2", "canary-user");
                    UsageLimitExceededException refusal = catchThrowableOfType(
                            UsageLimitExceededException.class, () -> model.ask("3", "canary-user"));

                    assertThat(refusal.window()).isEqualTo(UsageWindow.DAY);
                    assertThat(refusal.unit()).isEqualTo(UsageUnit.CALLS);
                    assertThat(refusal.limit()).isEqualTo(BigDecimal.valueOf(2));
                    assertThat(refusal.used()).isEqualTo(BigDecimal.valueOf(2));
                    assertThat(refusal.resetsAt())
                            .isBetween(Instant.now(), Instant.now().plus(Duration.ofHours(24)));
                    assertThat(refusal.getMessage()).doesNotContain("canary-user");
                    assertThat(model.asked()).isEqualTo(2);
                    assertThat(model.ask("1", "canary-user").aiMessage().text()).isEqualTo("1");
                    for (int i = 0; i < 3; i++) {
                        model.ask("v" + i, "vip-user");
                    }
                    assertThatThrownBy(() -> model.ask("v4", "vip-user"))
                            .isInstanceOf(UsageLimitExceededException.class);
                    for (int i = 0; i < 5; i++) {
                        model.ask("f" + i, "free-user");
                    }
                    SimpleMeterRegistry meters = new SimpleMeterRegistry();
                    context.getBean(UsageMetrics.class).bindTo(meters);
                    assertThat(meters.get("llm.cache.usage.refused")
                                    .tags("window", "day", "unit", "calls")
                                    .functionCounter()
                                    .count())
                            .isEqualTo(2);
                    assertThat(meters.find("llm.cache.usage.refused").meters()).hasSize(6);
                });
        assertThat(output.getOut()).doesNotContain("canary-user");
    }

    @Test
    void two_users_never_share_a_counter() {
        runner.withPropertyValues("llm-cache.usage.limits.day.calls=1", "llm-cache.usage.limits.minute.calls=10")
                .run(context -> {
                    Model model = context.getBean(Model.class);
                    for (String user :
                            List.of("a:b", "a", "a%3Ab", "{a}", "a:count", "", "x".repeat(500), "x".repeat(501))) {
                        model.ask("of " + user, user);
                    }
                    assertThat(redis.commands().keys("usage:*:count")).hasSize(8);
                    assertThat(redis.commands().get("usage:a%3Ab:count")).isEqualTo("1");
                    assertThat(redis.commands().get("usage:everybody:count")).isEqualTo("1");
                });
    }

    @Test
    void the_annotation_tells_whose_it_is_then_a_bean_then_who_is_logged_in_then_nobody() {
        runner.withPropertyValues("llm-cache.usage.enabled=true").run(context -> {
            Model model = context.getBean(Model.class);
            model.anyone("1");
            SecurityContextHolder.getContext().setAuthentication(new TestingAuthenticationToken("ada", "", "USER"));
            model.anyone("2");
            model.ask("3", "grace");
            model.ask("4", " ");
            model.failing("5");
            SecurityContextHolder.getContext()
                    .setAuthentication(new AnonymousAuthenticationToken(
                            "key", "anonymousUser", AuthorityUtils.createAuthorityList("ANONYMOUS")));
            model.anyone("6");

            assertThat(redis.commands().get("usage:everybody:count")).isEqualTo("2");
            assertThat(redis.commands().get("usage:ada:count")).isEqualTo("3");
            assertThat(redis.commands().get("usage:grace:count")).isEqualTo("1");
            assertThat(redis.commands().keys("usage:*:count")).hasSize(3);
        });
        redis.commands().flushall();
        runner.withPropertyValues("llm-cache.usage.enabled=true", "llm-cache.usage.shared-subject=")
                .withBean(UsageSubjectResolver.class, () -> () -> {
                    throw new IllegalStateException("canary");
                })
                .run(context -> {
                    context.getBean(Model.class).anyone("1");
                    assertThat(redis.commands().keys("usage:*")).isEmpty();
                });
        runner.withPropertyValues("llm-cache.usage.enabled=true")
                .withClassLoader(new FilteredClassLoader("org.springframework.security"))
                .run(context -> {
                    context.getBean(Model.class).anyone("7");
                    assertThat(redis.commands().get("usage:everybody:count")).isEqualTo("1");
                });
    }

    @Test
    void an_expression_that_can_not_work_fails_the_start() {
        runner.withBean(Misspelt.class).run(context -> assertThat(context.getStartupFailure())
                .hasStackTraceContaining(InvalidCachedPromptException.class.getName())
                .hasStackTraceContaining("usageSubject"));
    }

    @Test
    void the_caller_is_told_at_the_call_and_not_where_the_model_is_asked() {
        AtomicInteger asked = new AtomicInteger();
        runner.withPropertyValues("llm-cache.usage.enabled=true", "llm-cache.stale-while-revalidate=1h")
                .withBean(UsageSubjectResolver.class, () -> () -> {
                    asked.incrementAndGet();
                    return Thread.currentThread().getName();
                })
                .run(context -> {
                    Model model = context.getBean(Model.class);
                    String here = Thread.currentThread().getName();
                    model.later("1").join();
                    Flux<String> stream = model.stream("2", Flux.just("a", "b"));
                    Thread other = new Thread(() -> stream.blockLast(), "other");
                    other.start();
                    other.join();

                    await().untilAsserted(() -> assertThat(redis.commands().get("usage:" + here + ":count"))
                            .isEqualTo("2"));
                    assertThat(redis.commands().keys("usage:*:count")).hasSize(1);
                });
    }

    @Test
    void bypasses_and_refreshes_count_too() {
        runner.withPropertyValues("llm-cache.usage.enabled=true", "llm-cache.stale-while-revalidate=1h")
                .run(context -> {
                    Model model = context.getBean(Model.class);
                    model.conditional("1");
                    PromptCallDirectives directives = context.getBean(PromptCallDirectives.class);
                    directives.call(PromptDirectives.NO_STORE, () -> model.ask("2", "ada"));
                    awaitCounter("usage:ada:tokens", 30);
                    awaitCounter("usage:everybody:tokens", 30);

                    model.brief("3");
                    await().until(() -> {
                        model.brief("3");
                        return "3".equals(redis.commands().get("usage:brief:count"));
                    });
                });
    }

    @Test
    void tokens_are_reserved_and_settled_and_given_back_when_the_call_fails_or_is_cancelled() {
        runner.withPropertyValues("llm-cache.usage.limits.day.tokens=1000", "llm-cache.usage.reserved-tokens=400")
                .run(context -> {
                    Model model = context.getBean(Model.class);
                    assertThatThrownBy(() -> model.fail("1")).hasMessage("no");
                    awaitCounter("usage:everybody:tokens", 0);
                    assertThat(redis.commands().get("usage:everybody:count")).isEqualTo("1");

                    Sinks.Many<String> words = Sinks.many().unicast().onBackpressureBuffer();
                    Disposable reader = model.stream("2", words.asFlux()).subscribe();
                    awaitCounter("usage:everybody:tokens", 400);
                    reader.dispose();
                    awaitCounter("usage:everybody:tokens", 0);

                    // A text does not tell its tokens: it is counted as what was reserved.
                    model.stream("3", Flux.just("a", "b")).blockLast();
                    awaitCounter("usage:everybody:tokens", 400);
                    model.ask("4", "");
                    awaitCounter("usage:everybody:tokens", 430);
                    model.stream("5", Flux.just("a")).blockLast();
                    model.stream("6", Flux.just("a")).blockLast();
                    awaitCounter("usage:everybody:tokens", 1230);
                    assertThatThrownBy(() -> model.stream("7", Flux.just("a")).blockLast())
                            .isInstanceOf(UsageLimitExceededException.class);
                });
    }

    @Test
    void money_is_limited_by_the_prices_of_the_models() {
        // An answer costs 50 millionths.
        runner.withPropertyValues("llm-cache.usage.limits.day.cost=0.000100", "llm-cache.usage.reserved-tokens=1")
                .run(context -> {
                    Model model = context.getBean(Model.class);
                    model.ask("1", "ada");
                    awaitCounter("usage:ada:cost", 50_000);
                    model.ask("2", "ada");
                    awaitCounter("usage:ada:cost", 100_000);
                    UsageLimitExceededException refusal =
                            catchThrowableOfType(UsageLimitExceededException.class, () -> model.ask("3", "ada"));
                    assertThat(refusal.unit()).isEqualTo(UsageUnit.MONEY);
                    assertThat(refusal.limit()).isEqualByComparingTo("0.0001");
                });
    }

    @Test
    void an_old_answer_stands_in_for_one_that_the_budget_refuses() {
        runner.withPropertyValues("llm-cache.usage.limits.day.calls=1", "llm-cache.stale-if-error=1h")
                .run(context -> {
                    Model model = context.getBean(Model.class);
                    model.brief("1");
                    await().until(() -> redis.answers().size() > 3);
                    UsageLedger ledger = context.getBean(UsageLedger.class);
                    await().until(() -> {
                        assertThat(model.brief("1").aiMessage().text()).isEqualTo("1");
                        return ledger.refusals().of(UsageWindow.DAY, UsageUnit.CALLS) > 0;
                    });
                    assertThat(model.asked()).isEqualTo(1);
                });
    }

    @Test
    void while_redis_is_gone_each_jvm_holds_the_limit_by_what_it_knows_and_tells_it_later(CapturedOutput output)
            throws Exception {
        try (RealRedis own = RealRedis.start()) {
            on(own).withPropertyValues("llm-cache.usage.limits.day.calls=4", "llm-cache.redis.timeout=1s")
                    .run(context -> {
                        Model model = context.getBean(Model.class);
                        model.ask("1", "canary-user");
                        await().until(() -> "30".equals(own.commands().get("usage:canary-user:tokens")));
                        own.kill();

                        model.ask("2", "canary-user");
                        model.ask("3", "canary-user");
                        model.ask("4", "canary-user");
                        UsageLimitExceededException refusal = catchThrowableOfType(
                                UsageLimitExceededException.class, () -> model.ask("5", "canary-user"));
                        assertThat(refusal.used()).isEqualTo(BigDecimal.valueOf(4));

                        own.launch();
                        // The server begins empty: what was told to the old one is gone with it.
                        await().atMost(Duration.ofSeconds(15)).untilAsserted(() -> {
                            assertThat(own.commands().get("usage:canary-user:count"))
                                    .isEqualTo("3");
                            assertThat(own.commands().get("usage:canary-user:tokens"))
                                    .isEqualTo("90");
                        });
                    });
        }
        assertThat(output.getOut()).doesNotContain("canary-user").containsOnlyOnce("does not tell what is used");
    }

    @Test
    void a_redis_that_does_not_answer_delays_a_call_no_longer_than_the_timeout_and_then_not_at_all() {
        try (RealRedis own = RealRedis.start()) {
            on(own).withPropertyValues(
                            "llm-cache.usage.limits.day.calls=100",
                            "llm-cache.redis.timeout=300ms",
                            "llm-cache.redis.circuit-breaker.enabled=false",
                            "llm-cache.mode=off")
                    .run(context -> {
                        Model model = context.getBean(Model.class);
                        model.ask("1", "ada");
                        own.pause();
                        long began = System.nanoTime();
                        model.ask("2", "ada");
                        long first = System.nanoTime() - began;
                        model.ask("3", "ada");
                        long second = System.nanoTime() - began - first;
                        own.resume();

                        assertThat(Duration.ofNanos(first)).isBetween(Duration.ofMillis(200), Duration.ofSeconds(2));
                        assertThat(Duration.ofNanos(second)).isLessThan(Duration.ofMillis(200));
                        // The paused server has heard the second call after all, so it may count twice, never less.
                        await().atMost(Duration.ofSeconds(15))
                                .until(() -> Integer.parseInt(own.commands().get("usage:ada:count")) >= 3);
                    });
        }
    }

    @ParameterizedTest
    @CsvSource({"allow,5", "refuse,1"})
    void without_redis_calls_are_let_pass_or_refused_where_that_is_wanted(String policy, int asked) {
        try (RealRedis own = RealRedis.start()) {
            on(own).withPropertyValues(
                            "llm-cache.usage.limits.day.calls=2",
                            "llm-cache.redis.timeout=1s",
                            "llm-cache.usage.on-redis-down=" + policy)
                    .run(context -> {
                        Model model = context.getBean(Model.class);
                        model.ask("0", "ada");
                        own.kill();
                        for (int i = 1; i < 5; i++) {
                            try {
                                model.ask("" + i, "ada");
                            } catch (UsageUnavailableException ex) {
                                assertThat(ex).hasMessageContaining("on-redis-down");
                            }
                        }
                        assertThat(model.asked()).isEqualTo(asked);
                        assertThatThrownBy(
                                        () -> context.getBean(UsageReport.class).of("ada"))
                                .isInstanceOf(UsageUnavailableException.class);
                    });
        }
    }

    @Test
    void callers_that_come_together_never_pass_the_limit() throws Exception {
        runner.withPropertyValues("llm-cache.usage.limits.day.calls=20").run(context -> {
            Model model = context.getBean(Model.class);
            ExecutorService executor = Executors.newFixedThreadPool(50);
            CountDownLatch together = new CountDownLatch(50);
            List<Future<?>> calls = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                String prompt = "q" + i;
                calls.add(executor.submit(() -> {
                    together.countDown();
                    together.await();
                    return model.ask(prompt, "ada");
                }));
            }
            int refused = 0;
            for (Future<?> call : calls) {
                try {
                    call.get();
                } catch (java.util.concurrent.ExecutionException ex) {
                    assertThat(ex).hasCauseInstanceOf(UsageLimitExceededException.class);
                    refused++;
                }
            }
            executor.shutdown();
            assertThat(refused).isEqualTo(30);
            assertThat(model.asked()).isEqualTo(20);
        });
    }

    @ParameterizedTest
    @CsvSource({
        "llm-cache.usage.limits.day.calls,-1",
        "llm-cache.usage.limits.month.cost,-0.5",
        "llm-cache.usage.limits.month.cost,99999999999999",
        "llm-cache.usage.subjects.ada.limits.day.tokens,-2",
        "llm-cache.usage.reserved-tokens,-1",
        "llm-cache.usage.warn-at,0",
        "llm-cache.usage.warn-at,101",
    })
    void a_value_that_can_not_work_fails_the_start_and_is_named(String property, String value) {
        runner.withPropertyValues("llm-cache.usage.enabled=true", property + "=" + value)
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .isInstanceOf(InvalidLlmCachePropertyException.class)
                        .hasMessageContaining(property.substring(property.lastIndexOf('.'))));
    }

    private void awaitCounter(String key, long value) {
        await().untilAsserted(() -> assertThat(redis.commands().get(key)).isEqualTo(Long.toString(value)));
    }

    public static class Misspelt {

        @CachedPrompt(usageSubject = "#nobody.")
        public String ask(String prompt) {
            return prompt;
        }
    }

    public static class Model {

        private final AtomicInteger asked = new AtomicInteger();

        int asked() {
            return asked.get();
        }

        private ChatResponse answer(String text) {
            asked.incrementAndGet();
            return ChatResponse.builder()
                    .aiMessage(AiMessage.from(text))
                    .tokenUsage(new TokenUsage(10, 20))
                    .finishReason(FinishReason.STOP)
                    .build();
        }

        @CachedPrompt(model = "gpt", usageSubject = "#user")
        public ChatResponse ask(
                @io.github.llmcache.annotation.Prompt String prompt,
                @io.github.llmcache.annotation.NotInKey String user) {
            return answer(prompt);
        }

        @CachedPrompt(model = "gpt")
        public ChatResponse anyone(String prompt) {
            return answer(prompt);
        }

        @CachedPrompt(model = "gpt", usageSubject = "#prompt.charAt(99)")
        public ChatResponse failing(String prompt) {
            return answer(prompt);
        }

        @CachedPrompt(model = "gpt", condition = "false")
        public ChatResponse conditional(String prompt) {
            return answer(prompt);
        }

        @CachedPrompt(model = "gpt", ttl = "1ms", usageSubject = "'brief'")
        public ChatResponse brief(String prompt) {
            return answer(prompt);
        }

        @CachedPrompt(model = "gpt")
        public CompletableFuture<ChatResponse> later(String prompt) {
            return CompletableFuture.supplyAsync(() -> answer(prompt));
        }

        @CachedPrompt(model = "gpt")
        public @Nullable ChatResponse fail(String prompt) {
            throw new IllegalStateException("no");
        }

        @CachedPrompt(model = "gpt")
        public Flux<String> stream(
                @io.github.llmcache.annotation.Prompt String prompt,
                @io.github.llmcache.annotation.NotInKey Flux<String> words) {
            return words;
        }
    }
}
