package io.github.llmcache.interceptor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llmcache.annotation.CachedPrompt;
import io.github.llmcache.annotation.Normalize;
import io.github.llmcache.annotation.Prompt;
import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.engine.PromptCall;
import io.github.llmcache.engine.PromptCallCapture;
import io.github.llmcache.engine.PromptCallDirectives;
import io.github.llmcache.engine.PromptDirectives;
import io.github.llmcache.engine.PromptNotCachedException;
import io.github.llmcache.testing.CacheApplication;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.tier.EntryTerms;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** What a call says of its answer's terms, of its staleness and of what it asks of the cache. */
class CallTermsTests {

    private final ApplicationContextRunner application = CacheApplication.on(RealRedis.shared())
            .withBean(Oracle.class)
            .withPropertyValues(
                    "llm-cache.stale-while-revalidate=1m", "llm-cache.stale-if-error=2m", "wait=7s", "kind=document");

    record Sourced(String text, List<String> sources) {}

    static class Oracle {

        @CachedPrompt(
                tags = {"${kind}-#{#id}", "#{#result.sources}", "faq", "#{#id == 7 ? null : #id}"},
                scope = "#tenant")
        public Optional<Sourced> ask(@Prompt String question, long id, String tenant) {
            throw new AssertionError();
        }

        @CachedPrompt(tags = "about-#{#topic}")
        public String tagged(@Prompt String question, @Nullable Object topic) {
            throw new AssertionError();
        }

        @CachedPrompt(tags = "#{#topics}")
        public String manyTags(@Prompt String question, @Nullable String @Nullable ... topics) {
            throw new AssertionError();
        }

        @CachedPrompt(key = "#document", normalize = Normalize.NONE)
        public String ofDocument(Object document) {
            throw new AssertionError();
        }

        @CachedPrompt(key = "{#document, #question}")
        public String ofDocumentAndQuestion(String document, @Prompt String question) {
            throw new AssertionError();
        }

        @CachedPrompt(ttl = "3h", staleWhileRevalidate = "PT5M", staleIfError = "0s", loadTimeout = "${wait}")
        public String stale(String question) {
            throw new AssertionError();
        }

        @CachedPrompt
        public String directed(String question, @Nullable PromptDirectives directives) {
            throw new AssertionError();
        }

        @CachedPrompt
        public CompletableFuture<String> directedLater(@Nullable String question, PromptDirectives directives) {
            throw new AssertionError();
        }
    }

    private void with(BiConsumer<Oracle, PromptCallCapture> task) {
        application.run(
                context -> task.accept(context.getBean(Oracle.class), context.getBean(PromptCallCapture.class)));
    }

    private static PromptCall captured(PromptCallCapture capture, Callable<?> call) {
        try {
            return capture.capture(call);
        } catch (Exception ex) {
            throw new AssertionError(ex);
        }
    }

    @Test
    void tags_come_from_templates_over_the_arguments_and_the_answer() {
        with((oracle, capture) -> {
            PromptCall call = captured(capture, () -> oracle.ask("Why?", 7, "acme"));

            EntryTerms terms = call.terms().apply(Optional.of(new Sourced("So.", Arrays.asList("a", null, " ", "b"))));

            assertThat(terms.tags()).containsExactly("document-7", "a", "b", "faq");
            assertThat(terms.scope()).isEqualTo("acme");
            assertThat(call.scope()).isEqualTo("acme");
            assertThat(terms.key()).isNull();
        });
    }

    @Test
    void a_part_that_is_null_gives_no_tag() {
        with((oracle, capture) -> assertThat(captured(capture, () -> oracle.tagged("Why?", null))
                        .terms()
                        .apply("So.")
                        .tags())
                .isEmpty());
    }

    @Test
    void an_array_gives_a_tag_for_each_element_and_none_for_null() {
        with((oracle, capture) -> {
            assertThat(captured(capture, () -> oracle.manyTags("Why?", "x", null, "y", "x"))
                            .terms()
                            .apply("So.")
                            .tags())
                    .containsExactly("x", "y");
            assertThat(captured(capture, () -> oracle.manyTags("Why?", (String[]) null))
                            .terms()
                            .apply("So.")
                            .tags())
                    .isEmpty();
        });
    }

    @Test
    void what_has_no_text_of_its_own_keeps_the_answer_out() {
        with((oracle, capture) -> {
            PromptCall call = captured(capture, () -> oracle.tagged("Why?", List.of("a")));

            assertThatThrownBy(() -> call.terms().apply("So.")).isInstanceOf(RuntimeException.class);
        });
    }

    @Test
    void an_answer_that_an_expression_fails_on_keeps_it_out() {
        with((oracle, capture) -> {
            PromptCall call = captured(capture, () -> oracle.ask("Why?", 7, "acme"));

            assertThatThrownBy(() -> call.terms().apply(Optional.empty())).isInstanceOf(RuntimeException.class);
        });
    }

    private static @Nullable String keyOf(PromptCallCapture capture, Callable<?> call) {
        return captured(capture, call).terms().apply("So.").key();
    }

    @Test
    void the_digest_of_an_explicit_key_is_folded_whatever_the_method_folds() {
        with((oracle, capture) -> {
            String key = keyOf(capture, () -> oracle.ofDocument(" A  Doc "));

            assertThat(key).hasSize(43).isEqualTo(keyOf(capture, () -> oracle.ofDocument("a doc")));
            assertThat(key).isNotEqualTo(keyOf(capture, () -> oracle.ofDocument("another doc")));
            assertThat(captured(capture, () -> oracle.ofDocument(" A  Doc ")).key())
                    .isNotEqualTo(
                            captured(capture, () -> oracle.ofDocument("a doc")).key());
            assertThat(keyOf(capture, () -> oracle.ofDocument(5)))
                    .isEqualTo(keyOf(capture, () -> oracle.ofDocument(5L)))
                    .isEqualTo(keyOf(capture, () -> oracle.ofDocument("5")));
            assertThat(keyOf(capture, () -> oracle.ofDocumentAndQuestion("D", "Why?")))
                    .isEqualTo(keyOf(capture, () -> oracle.ofDocument(List.of("d", "WHY?"))));
        });
    }

    @Test
    void staleness_of_the_method_stands_over_that_of_the_cache() {
        application.run(context -> {
            Oracle oracle = context.getBean(Oracle.class);
            PromptCallCapture capture = context.getBean(PromptCallCapture.class);

            assertThat(captured(capture, () -> oracle.stale("Why?")).policy().staleness())
                    .satisfies(staleness -> {
                        assertThat(staleness.whileRevalidate()).isEqualTo(Duration.ofMinutes(5));
                        assertThat(staleness.ifError()).isEqualTo(Duration.ZERO);
                        assertThat(staleness.loadTimeout()).isEqualTo(Duration.ofSeconds(7));
                    });
            assertThat(captured(capture, () -> oracle.tagged("Why?", 1))
                            .policy()
                            .staleness())
                    .satisfies(staleness -> {
                        assertThat(staleness.whileRevalidate()).isEqualTo(Duration.ofMinutes(1));
                        assertThat(staleness.ifError()).isEqualTo(Duration.ofMinutes(2));
                        assertThat(staleness.loadTimeout()).isNull();
                    });
            assertThat(context.getBean(CacheCatalog.class).longestKept("prompt"))
                    .isEqualTo(Duration.ofMinutes(3 * 60 + 5));
        });
    }

    @Test
    void directives_are_no_part_of_the_key_and_add_to_those_of_the_thread() {
        application.run(context -> {
            Oracle oracle = context.getBean(Oracle.class);
            PromptCallCapture capture = context.getBean(PromptCallCapture.class);
            PromptCallDirectives directives = context.getBean(PromptCallDirectives.class);

            PromptCall without = captured(capture, () -> oracle.directed("Why?", null));
            PromptCall with = captured(
                    capture,
                    () -> directives.call(
                            PromptDirectives.maxAge(Duration.ofMinutes(1)),
                            () -> oracle.directed("WHY?", PromptDirectives.NO_CACHE)));

            assertThat(without.directives()).isEqualTo(PromptDirectives.NONE);
            assertThat(with.directives()).isEqualTo(new PromptDirectives(true, false, false, Duration.ofMinutes(1)));
            assertThat(with.key()).isEqualTo(without.key());
        });
    }

    @Test
    void what_has_no_key_is_never_asked_for_when_only_a_cached_answer_is_wanted() {
        with((oracle, capture) -> {
            assertThat(oracle.directedLater(null, PromptDirectives.ONLY_IF_CACHED))
                    .failsWithin(Duration.ZERO)
                    .withThrowableThat()
                    .withCauseInstanceOf(PromptNotCachedException.class);
            assertThatThrownBy(() -> oracle.directed(" ", PromptDirectives.ONLY_IF_CACHED))
                    .isInstanceOf(PromptNotCachedException.class);
        });
    }
}
