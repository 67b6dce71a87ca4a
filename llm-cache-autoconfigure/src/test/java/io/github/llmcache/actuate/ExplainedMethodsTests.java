package io.github.llmcache.actuate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.SystemMessage;
import dev.langchain4j.service.UserMessage;
import dev.langchain4j.service.V;
import io.github.llmcache.annotation.CachedPrompt;
import io.github.llmcache.annotation.Prompt;
import io.github.llmcache.autoconfigure.langchain4j.LlmCacheLangChain4jAutoConfiguration;
import io.github.llmcache.engine.CacheModes;
import io.github.llmcache.engine.LookupPreview;
import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.explain.CallExplainer;
import io.github.llmcache.explain.CallExplanation;
import io.github.llmcache.interceptor.CachedBeans;
import io.github.llmcache.interceptor.CachedMethod;
import io.github.llmcache.interceptor.CachedMethods;
import io.github.llmcache.interceptor.CachedPromptOperations;
import io.github.llmcache.testing.CacheApplication;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.tier.CacheBrowser;
import io.github.llmcache.tier.CacheTier;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.context.ApplicationContext;

/** What is read from JSON has the key of the call itself, whatever kind of method it is. */
class ExplainedMethodsTests {

    private final RealRedis redis = RealRedis.shared();

    @BeforeEach
    void empty() {
        redis.commands().flushall();
    }

    record Shelf(String room, List<Integer> rows, Optional<Locale> language) {}

    enum Tone {
        PLAIN,
        FRIENDLY
    }

    interface Asking<T, R> {
        @CachedPrompt(model = "demo")
        R ask(T question, Map<String, T> more);
    }

    static class Generic implements Asking<Shelf, String> {
        @Override
        public String ask(Shelf question, Map<String, Shelf> more) {
            return "answer";
        }
    }

    @CachedPrompt(model = "demo", version = "7")
    static class Covered {
        public String ask(String question) {
            return "one";
        }

        public String ask(String question, int... pages) {
            return "several";
        }
    }

    static class Typed {
        @CachedPrompt(model = "demo", key = "#question + '/' + #tone.name()", scope = "'s-' + #user")
        public String keyed(@Prompt String question, Tone tone, String user) {
            return "answer";
        }

        @CachedPrompt(model = "demo", scope = "#user")
        public CompletableFuture<String> later(String question, String user) {
            return CompletableFuture.completedFuture("answer");
        }

        @CachedPrompt(model = "demo")
        public Optional<Shelf> scalars(
                @Prompt String question,
                BigDecimal price,
                Instant at,
                LocalDate day,
                Duration time,
                UUID id,
                URI link,
                char sign,
                double share,
                byte[] bytes,
                @Nullable Long none,
                Set<Tone> tones,
                List<Map<String, Shelf>> shelves) {
            return Optional.of(new Shelf("B", List.of(), Optional.empty()));
        }

        @CachedPrompt(model = "demo")
        public String with(@Prompt String question, Map<String, Object> options) {
            return "answer";
        }

        @CachedPrompt(model = "demo")
        public String of(Shelf shelf) {
            return "answer";
        }
    }

    interface Guide {
        @CachedPrompt
        @SystemMessage("You are {{who}}.")
        @UserMessage("Explain {{topic}} in {{language}}.")
        String explain(@V("topic") String topic, @V("language") String language, @V("who") String who);

        @CachedPrompt(version = "2")
        String chat(@UserMessage String question);
    }

    interface Speaking<T> {
        @CachedPrompt
        @UserMessage("Say {{it}}")
        String say(@V("it") T text);
    }

    interface Speaker extends Speaking<String> {}

    private static final class Model implements ChatModel {
        @Override
        public ChatResponse doChat(ChatRequest request) {
            return ChatResponse.builder().aiMessage(AiMessage.from("answer")).build();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"string", "hash"})
    void the_arguments_of_a_call_as_json_have_its_key(String layout) {
        CacheApplication.on(redis)
                .withConfiguration(AutoConfigurations.of(LlmCacheLangChain4jAutoConfiguration.class))
                .withPropertyValues("llm-cache.default-model=demo", "llm-cache.layout=" + layout)
                .withBean("generic", Asking.class, Generic::new)
                .withBean("covered", Covered.class, () -> new Covered())
                .withBean("typed", Typed.class, () -> new Typed())
                .withBean("guide", Guide.class, () -> AiServices.create(Guide.class, new Model()))
                .withBean("speaker", Speaker.class, () -> AiServices.create(Speaker.class, new Model()))
                .run(context -> {
                    Shelf shelf = new Shelf("A", List.of(1, 2), Optional.of(Locale.GERMAN));
                    String json = "{\"room\": \"A\", \"rows\": [1, 2], \"language\": \"de\"}";
                    Typed typed = context.getBean(Typed.class);
                    Covered covered = context.getBean(Covered.class);
                    Guide guide = context.getBean(Guide.class);

                    assertSame(context, "covered.ask(java.lang.String)", "[\"Why?\"]", () -> covered.ask("Why?"));
                    assertSame(
                            context,
                            "covered.ask(java.lang.String,int[])",
                            "[\"Why?\", [1, 2]]",
                            () -> covered.ask("Why?", 1, 2));
                    assertSame(
                            context,
                            "typed.keyed",
                            "[\" WHY? \", \"FRIENDLY\", \"ann\"]",
                            () -> typed.keyed("why?", Tone.FRIENDLY, "ann"));
                    assertSame(context, "typed.later", "[\"Why?\", \"ann\"]", () -> typed.later("Why?", "ann")
                            .join());
                    Map<String, Object> options = new LinkedHashMap<>();
                    options.put("temperature", 0.2);
                    options.put("most", 5);
                    options.put("stop", List.of("."));
                    assertSame(
                            context,
                            "typed.with",
                            "[\"Why?\", {\"temperature\": 0.2, \"most\": 5, \"stop\": [\".\"]}]",
                            () -> typed.with("Why?", options));
                    assertSame(context, "typed.of", "[" + json + "]", () -> typed.of(shelf));
                    assertSame(
                            context,
                            "typed.scalars",
                            "[\"Why?\", 1.50, \"2026-11-23T10:00:00Z\", \"2026-11-23\", \"PT1H\","
                                    + " \"6f1a4a0e-8b0c-4c55-9d3e-0a8f1d3b2c11\", \"https://example.com/a?b=c\", \"x\", 0.25,"
                                    + " \"YWJj\", null, [\"PLAIN\"], [{\"a\": " + json + "}]]",
                            () -> typed.scalars(
                                    "Why?",
                                    new BigDecimal("1.50"),
                                    Instant.parse("2026-11-23T10:00:00Z"),
                                    LocalDate.of(2026, 11, 23),
                                    Duration.ofHours(1),
                                    UUID.fromString("6f1a4a0e-8b0c-4c55-9d3e-0a8f1d3b2c11"),
                                    URI.create("https://example.com/a?b=c"),
                                    'x',
                                    0.25,
                                    "abc".getBytes(StandardCharsets.UTF_8),
                                    null,
                                    EnumSet.of(Tone.PLAIN),
                                    List.of(new LinkedHashMap<>(Map.of("a", shelf)))));
                    assertSame(
                            context,
                            "guide.explain",
                            "[\"RAG\", \"German\", \"terse\"]",
                            () -> guide.explain("RAG", "German", "terse"));
                    assertSame(context, "guide.chat", "[\"What is RAG?\"]", () -> guide.chat("What is RAG?"));
                    assertSame(context, "speaker.say", "[\"cheese\"]", () -> context.getBean(Speaker.class)
                            .say("cheese"));
                    @SuppressWarnings("unchecked")
                    Asking<Shelf, String> generic = context.getBean(Asking.class);
                    assertSame(
                            context,
                            "generic.ask",
                            "[" + json + ", {\"b\": " + json + "}]",
                            () -> generic.ask(shelf, new LinkedHashMap<>(Map.of("b", shelf))));
                });
    }

    private static void assertSame(ApplicationContext context, String name, String arguments, Callable<?> call)
            throws Exception {
        CallExplainer explainer = new CallExplainer(
                new LookupPreview(
                        context.getBeanProvider(CacheTier.class).orderedStream().toList(),
                        context.getBean(CacheModes.class),
                        InstantSource.system()),
                context.getBean(CacheBrowser.class));
        CachedMethod method = MethodChoice.of(
                new CachedMethods(context.getBean(CachedBeans.class), context.getBean(CachedPromptOperations.class))
                        .of("prompt"),
                name);
        CallExplanation before = explainer.explain(method.describe(ArgumentReader.read(method, arguments)));
        assertThat(before.outcome()).as("%s: %s", name, before.because()).isEqualTo(CacheOutcome.MISS);
        call.call();
        await().untilAsserted(() -> {
            CallExplanation after = explainer.explain(method.describe(ArgumentReader.read(method, arguments)));
            assertThat(after.outcome()).as("%s: %s", name, after.because()).isEqualTo(CacheOutcome.HIT);
        });
    }
}
