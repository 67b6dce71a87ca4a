package io.github.llmcache.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.data.document.Metadata;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingHandle;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.rag.content.Content;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.IllegalConfigurationException;
import dev.langchain4j.service.TokenStream;
import dev.langchain4j.service.UserMessage;
import dev.langchain4j.service.tool.ToolExecution;
import io.github.llmcache.annotation.CachedPrompt;
import io.github.llmcache.autoconfigure.langchain4j.LlmCacheLangChain4jAutoConfiguration;
import io.github.llmcache.engine.ObservedCall;
import io.github.llmcache.engine.PromptCallDirectives;
import io.github.llmcache.engine.PromptCallObserver;
import io.github.llmcache.engine.PromptDirectives;
import io.github.llmcache.engine.PromptNotCachedException;
import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.event.RejectionReason;
import io.github.llmcache.operations.PromptCacheOperations;
import io.github.llmcache.testing.CacheApplication;
import io.github.llmcache.testing.OpenAiStub;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.testing.RecordingListener;
import io.github.llmcache.testing.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

class CachedTokenStreamTests {

    private final RealRedis redis = RealRedis.shared();
    private final OpenAiStub openAi = OpenAiStub.start();
    private final AtomicInteger answers = new AtomicInteger();
    private final RecordingListener listener = new RecordingListener();

    interface Teller {

        @CachedPrompt(cacheName = "tales", model = "gpt-test")
        @UserMessage("Tell: {{it}}")
        TokenStream tell(String what);

        @CachedPrompt(
                cacheName = "tales",
                model = "gpt-test",
                unless = "#result.aiMessage().text().contains('1')",
                tags = "tale-#{#result.finishReason()}")
        @UserMessage("Tell: {{it}}")
        TokenStream picky(String what);

        @UserMessage("Tell: {{it}}")
        TokenStream uncached(String what);
    }

    static final class Weather {

        @Tool("tells the weather")
        String weather(String city) {
            return city + " is warm";
        }
    }

    @BeforeEach
    void answer_with_a_number() {
        redis.commands().flushall();
        openAi.answering(request -> Reply.pieces("Ans", "wer ", "" + answers.incrementAndGet(), " of many."));
    }

    @AfterEach
    void stop() {
        openAi.close();
    }

    private ApplicationContextRunner telling(UnaryOperator<AiServices<Teller>> more) {
        return telling(
                () -> more.apply(AiServices.builder(Teller.class).streamingChatModel(ChatModels.streaming(openAi)))
                        .build());
    }

    private ApplicationContextRunner telling(Supplier<Teller> teller) {
        return CacheApplication.on(redis)
                .withConfiguration(AutoConfigurations.of(LlmCacheLangChain4jAutoConfiguration.class))
                .withBean(RecordingListener.class, () -> listener)
                .withBean(Teller.class, teller);
    }

    private final ApplicationContextRunner application = telling(service -> service);

    private static TokenStream tell(ApplicationContext context) {
        return context.getBean(Teller.class).tell("Why?");
    }

    /** What a started stream heard. */
    private static final class Heard {

        final List<String> pieces = new ArrayList<>();
        final List<String> events = new ArrayList<>();
        final CompletableFuture<ChatResponse> end = new CompletableFuture<>();

        static Heard of(TokenStream stream) {
            return of(stream, all -> all);
        }

        static Heard of(TokenStream stream, UnaryOperator<TokenStream> more) {
            Heard heard = new Heard();
            more.apply(stream.onPartialResponse(heard::piece)
                            .onCompleteResponse(response -> {
                                heard.event("complete");
                                heard.end.complete(response);
                            })
                            .onError(error -> {
                                heard.event("error");
                                heard.end.completeExceptionally(error);
                            }))
                    .start();
            return heard;
        }

        synchronized void piece(String piece) {
            pieces.add(piece);
        }

        synchronized void event(String event) {
            events.add(event);
        }

        synchronized List<String> pieces() {
            return List.copyOf(pieces);
        }

        synchronized List<String> events() {
            return List.copyOf(events);
        }

        ChatResponse await() {
            return end.orTimeout(20, TimeUnit.SECONDS).join();
        }

        String text() {
            return await().aiMessage().text();
        }
    }

    @Test
    void a_repeated_stream_comes_from_the_cache_word_by_word_with_the_same_response() {
        application.run(context -> {
            Heard first = Heard.of(tell(context));
            ChatResponse whole = first.await();
            Heard second = Heard.of(tell(context));
            ChatResponse again = second.await();

            assertThat(first.pieces()).containsExactly("Ans", "wer ", "1", " of many.");
            assertThat(whole).isExactlyInstanceOf(ChatResponse.class);
            assertThat(second.pieces()).containsExactly("Answer ", "1 ", "of ", "many.");
            assertThat(again).isInstanceOf(CachedChatResponse.class);
            assertThat(again.aiMessage()).isEqualTo(whole.aiMessage());
            assertThat(again.id()).isEqualTo(whole.id());
            assertThat(again.finishReason()).isEqualTo(FinishReason.STOP);
            assertThat(again.tokenUsage().totalTokenCount())
                    .isEqualTo(whole.tokenUsage().totalTokenCount());
            assertThat(openAi.chatCalls()).hasSize(1);
        });
    }

    @Test
    void the_answer_is_stored_before_the_caller_hears_that_it_is_complete() {
        application.run(context -> {
            CompletableFuture<CacheOutcome> again = new CompletableFuture<>();
            tell(context)
                    .onCompleteResponse(response -> {
                        try {
                            ObservedCall<Heard> observed =
                                    context.getBean(PromptCallObserver.class).observe(() -> Heard.of(tell(context)));
                            observed.value().await();
                            again.complete(observed.outcome().orElseThrow());
                        } catch (Exception ex) {
                            again.completeExceptionally(ex);
                        }
                    })
                    .onError(again::completeExceptionally)
                    .start();
            assertThat(again).succeedsWithin(Duration.ofSeconds(20)).isEqualTo(CacheOutcome.HIT);
        });
    }

    @Test
    void a_stream_that_is_not_started_asks_nobody_and_one_that_is_started_twice_is_answered_twice() {
        application.run(context -> {
            TokenStream stream = tell(context);
            assertThat(openAi.calls()).isEmpty();
            assertThat(redis.commands().keys("*")).isEmpty();
            assertThat(listener.calls()).isEmpty();

            AtomicInteger complete = new AtomicInteger();
            stream.onCompleteResponse(response -> complete.incrementAndGet()).ignoreErrors();
            stream.start();
            await().until(() -> complete.get() == 1);
            stream.start();
            await().until(() -> complete.get() == 2);
            assertThat(listener.outcomes()).containsExactly(CacheOutcome.MISS, CacheOutcome.HIT);
        });
    }

    @Test
    void the_pieces_pass_through_as_the_model_makes_them() {
        CountDownLatch released = new CountDownLatch(1);
        openAi.answering(Reply.pieces("One", " two", " three").heldAfter(2, released));
        application.run(context -> {
            Heard heard = Heard.of(tell(context));
            await().untilAsserted(() -> assertThat(heard.pieces()).containsExactly("One", " two"));
            assertThat(heard.end).isNotDone();
            released.countDown();
            assertThat(heard.text()).isEqualTo("One two three");
        });
    }

    static Stream<Consumer<TokenStream>> wrong() {
        return Stream.of(
                stream -> {},
                stream -> stream.onError(error -> {}).ignoreErrors(),
                stream -> stream.onError(error -> {}).onError(error -> {}),
                stream -> stream.ignoreErrors().onPartialResponse(text -> {}).onPartialResponse(text -> {}),
                stream -> stream.ignoreErrors()
                        .onPartialResponse(text -> {})
                        .onPartialResponseWithContext((text, context) -> {}),
                stream -> stream.ignoreErrors()
                        .onPartialThinking(text -> {})
                        .onPartialThinkingWithContext((text, context) -> {}),
                stream -> stream.ignoreErrors()
                        .onPartialToolCall(call -> {})
                        .onPartialToolCallWithContext((call, context) -> {}),
                stream -> stream.ignoreErrors()
                        .onIntermediateResponse(response -> {})
                        .onIntermediateResponse(response -> {}),
                stream ->
                        stream.ignoreErrors().onCompleteResponse(response -> {}).onCompleteResponse(response -> {}),
                stream -> stream.ignoreErrors().onRetrieved(sources -> {}).onRetrieved(sources -> {}),
                stream -> stream.ignoreErrors().beforeToolExecution(tool -> {}).beforeToolExecution(tool -> {}),
                stream -> stream.ignoreErrors().onUnmappedRawEvent(event -> {}).onUnmappedRawEvent(event -> {}),
                stream -> stream.ignoreErrors().onToolExecuted(tool -> {}).onToolExecuted(tool -> {}));
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void what_langchain4j_refuses_is_refused_in_its_words(Consumer<TokenStream> registration) {
        TokenStream plain =
                AiServices.create(Teller.class, ChatModels.streaming(openAi)).uncached("Why?");
        TokenStream cached = new CachedTokenStream(receivers -> {});
        registration.accept(plain);
        registration.accept(cached);
        String message = catchMessage(plain);
        assertThatThrownBy(cached::start)
                .isExactlyInstanceOf(IllegalConfigurationException.class)
                .hasMessage(message);
        assertThat(openAi.calls()).isEmpty();
    }

    private static @Nullable String catchMessage(TokenStream stream) {
        try {
            stream.start();
            return null;
        } catch (IllegalConfigurationException ex) {
            return ex.getMessage();
        }
    }

    @Test
    void a_stream_that_breaks_ends_once_and_with_its_error_whatever_the_client_says_after_it() {
        for (Reply reply : List.of(
                Reply.error(429, "Slow down"),
                Reply.broken(),
                Reply.pieces("One", " two", " three").brokenAfter(2),
                Reply.pieces("One", " two", " three").failedAfter(2, "Overloaded"))) {
            openAi.answering(reply);
            application.run(context -> {
                Heard heard = Heard.of(tell(context));
                assertThat(heard.end).failsWithin(Duration.ofSeconds(20));
                // The client has a thread of its own, which may go on to complete the stream.
                openAi.answering(Reply.text("Another"));
                assertThat(Heard.of(tell(context)).text()).isEqualTo("Another");
                assertThat(heard.events()).containsExactly("error");
            });
            redis.commands().flushall();
        }
    }

    @Test
    void half_an_answer_is_told_and_not_stored() {
        record Half(Reply reply, RejectionReason reason) {}
        for (Half half : List.of(
                new Half(Reply.pieces("One", " two", " three").endedAfter(2), RejectionReason.UNKNOWN_FINISH),
                new Half(Reply.text("One two").finishReason("length"), RejectionReason.TRUNCATED),
                new Half(Reply.text("One two").finishReason("content_filter"), RejectionReason.FILTERED),
                new Half(Reply.pieces(" "), RejectionReason.EMPTY))) {
            openAi.answering(half.reply());
            application.run(context -> {
                Heard.of(tell(context)).await();
                assertThat(listener.rejections()).last().isEqualTo(half.reason());
                assertThat(Heard.of(tell(context)).await()).isNotInstanceOf(CachedChatResponse.class);
                assertThat(redis.answers()).isEmpty();
            });
        }
    }

    @Test
    void an_answer_during_which_tools_ran_is_told_with_all_that_happened_and_not_stored() {
        openAi.answering(request -> request.path("messages").size() == 1
                ? Reply.toolCalls(new Reply.ToolCall("1", "weather", "{\"city\":\"Rome\"}"))
                : Reply.text("Rome is warm."));
        for (String setting : List.of("llm-cache.admission.tool-calls=false", "llm-cache.admission.tool-calls=true")) {
            telling(service -> service.tools(new Weather()))
                    .withPropertyValues(setting)
                    .run(context -> {
                        for (int i = 0; i < 2; i++) {
                            List<String> happened = new ArrayList<>();
                            Heard heard = Heard.of(
                                    tell(context), stream -> stream.onPartialToolCall(call -> happened.add("part"))
                                            .onIntermediateResponse(response -> happened.add("intermediate"))
                                            .beforeToolExecution(tool -> happened.add("before"))
                                            .onToolExecuted(tool -> happened.add(tool.result())));
                            assertThat(heard.text()).isEqualTo("Rome is warm.");
                            assertThat(heard.await()).isExactlyInstanceOf(ChatResponse.class);
                            assertThat(happened).startsWith("part").endsWith("intermediate", "before", "Rome is warm");
                        }
                        assertThat(redis.answers()).isEmpty();
                    });
        }
        assertThat(openAi.chatCalls()).hasSize(8);
    }

    @Test
    void the_sources_of_an_answer_are_kept_with_it_and_told_before_its_first_word() {
        TextSegment segment = TextSegment.from("Rome was founded in 753 BC.", Metadata.from("id", "rome-1"));
        telling(service -> service.contentRetriever(query -> List.of(Content.from(segment))))
                .run(context -> {
                    for (int i = 0; i < 2; i++) {
                        List<Object> order = new ArrayList<>();
                        CompletableFuture<ChatResponse> end = new CompletableFuture<>();
                        tell(context)
                                .onRetrieved(order::add)
                                .onPartialResponse(order::add)
                                .onCompleteResponse(end::complete)
                                .onError(end::completeExceptionally)
                                .start();
                        assertThat(end.orTimeout(20, TimeUnit.SECONDS)
                                        .join()
                                        .aiMessage()
                                        .text())
                                .isEqualTo("Answer 1 of many.");
                        Content source = (Content) ((List<?>) order.get(0)).get(0);
                        assertThat(source.textSegment()).isEqualTo(segment);
                        assertThat(order).hasSize(5);
                    }
                    assertThat(listener.outcomes()).containsExactly(CacheOutcome.MISS, CacheOutcome.HIT);
                });
    }

    @Test
    void what_the_model_thought_is_replayed() {
        ChatResponse response = ChatResponse.builder()
                .aiMessage(
                        AiMessage.builder().text("Yes.").thinking("Let me see.").build())
                .finishReason(FinishReason.STOP)
                .build();
        telling(() -> scripted(handlers -> handlers.complete(response))).run(context -> {
            Heard.of(tell(context)).await();
            List<String> thoughts = new ArrayList<>();
            Heard again = Heard.of(
                    tell(context),
                    stream -> stream.onPartialThinkingWithContext((thought, handle) -> thoughts.add(thought.text())));
            assertThat(again.await()).isInstanceOf(CachedChatResponse.class);
            assertThat(thoughts).containsExactly("Let ", "me ", "see.");
            assertThat(again.pieces()).containsExactly("Yes.");
        });
    }

    @Test
    void a_stream_that_is_cancelled_is_not_stored_and_whoever_waits_for_it_asks_the_model() {
        CountDownLatch released = new CountDownLatch(1);
        openAi.answering(request -> answers.incrementAndGet() == 1
                ? Reply.pieces("One", " two", " three").heldAfter(1, released)
                : Reply.text("The second one."));
        application.run(context -> {
            AtomicReference<@Nullable StreamingHandle> handle = new AtomicReference<>();
            tell(context)
                    .onPartialResponseWithContext((piece, more) -> handle.set(more.streamingHandle()))
                    .ignoreErrors()
                    .start();
            await().until(() -> handle.get() != null);
            Heard waiting = Heard.of(tell(context));
            assertThat(openAi.chatCalls()).hasSize(1);

            Objects.requireNonNull(handle.get()).cancel();
            assertThat(waiting.text()).isEqualTo("The second one.");
            released.countDown();
            assertThat(Heard.of(tell(context)).text()).isEqualTo("The second one.");
            assertThat(openAi.chatCalls()).hasSize(2);
        });
    }

    @Test
    void a_replay_can_be_cancelled() {
        application.run(context -> {
            Heard.of(tell(context)).await();
            List<String> pieces = new ArrayList<>();
            CompletableFuture<ObservedCall<?>> observed = new CompletableFuture<>();
            observed.complete(context.getBean(PromptCallObserver.class).observe(() -> {
                tell(context)
                        .onPartialResponseWithContext((piece, more) -> {
                            pieces.add(piece.text());
                            more.streamingHandle().cancel();
                        })
                        .onCompleteResponse(response -> pieces.add("complete"))
                        .ignoreErrors()
                        .start();
                return "started";
            }));
            await().until(() -> observed.join().outcome().isPresent() && !pieces.isEmpty());
            assertThat(Heard.of(tell(context)).text()).isEqualTo("Answer 1 of many.");
            assertThat(pieces).containsExactly("Answer ");
        });
    }

    @Test
    void those_who_ask_the_same_meanwhile_get_the_whole_answer_of_one_stream() {
        CountDownLatch released = new CountDownLatch(1);
        openAi.answering(Reply.pieces("One", " two").heldAfter(1, released));
        application.run(context -> {
            List<Heard> all = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                all.add(Heard.of(tell(context)));
            }
            openAi.awaitCalls(1);
            released.countDown();
            assertThat(all).allSatisfy(one -> assertThat(one.text()).isEqualTo("One two"));
            assertThat(openAi.chatCalls()).hasSize(1);
            assertThat(listener.outcomes()).containsOnlyOnce(CacheOutcome.MISS);
        });
    }

    @Test
    void a_receiver_that_fails_hears_of_it_and_others_who_wait_are_not_told_of_its_failure() {
        CountDownLatch released = new CountDownLatch(1);
        openAi.answering(request -> answers.incrementAndGet() == 1
                ? Reply.pieces("One", " two").heldUntil(released)
                : Reply.text("The second one."));
        application.run(context -> {
            CompletableFuture<Throwable> failure = new CompletableFuture<>();
            tell(context)
                    .onPartialResponse(piece -> {
                        throw new IllegalStateException("The browser has gone");
                    })
                    .onError(failure::complete)
                    .start();
            openAi.awaitCalls(1);
            Heard waiting = Heard.of(tell(context));
            released.countDown();
            assertThat(failure).succeedsWithin(Duration.ofSeconds(20));
            assertThat(failure.join()).hasMessage("The browser has gone");
            assertThat(waiting.text()).isEqualTo("The second one.");
        });
    }

    @Test
    void a_receiver_of_sources_that_fails_is_told_to_its_error_handler_alone() {
        CountDownLatch retrieving = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        telling(service -> service.contentRetriever(query -> {
                    retrieving.countDown();
                    await().until(() -> released.getCount() == 0);
                    return List.of(Content.from("Rome"));
                }))
                .run(context -> {
                    CompletableFuture<Throwable> failure = new CompletableFuture<>();
                    tell(context)
                            .onRetrieved(sources -> {
                                throw new IllegalStateException("The browser has gone");
                            })
                            .onError(failure::complete)
                            .start();
                    assertThat(retrieving.await(20, TimeUnit.SECONDS)).isTrue();
                    Heard waiting = Heard.of(tell(context));
                    released.countDown();
                    assertThat(failure).succeedsWithin(Duration.ofSeconds(20));
                    assertThat(failure.join()).hasMessage("The browser has gone");
                    assertThat(waiting.text()).isEqualTo("Answer 1 of many.");
                });
    }

    @Test
    void a_miss_of_a_call_for_a_cached_answer_only_is_told_to_the_error_handler() {
        application.run(context -> {
            Heard heard = context.getBean(PromptCallDirectives.class)
                    .call(PromptDirectives.ONLY_IF_CACHED, () -> Heard.of(tell(context)));
            assertThat(heard.end)
                    .failsWithin(Duration.ofSeconds(20))
                    .withThrowableThat()
                    .withCauseInstanceOf(PromptNotCachedException.class);
            assertThat(openAi.chatCalls()).isEmpty();
        });
    }

    @Test
    void a_call_that_passes_the_cache_by_streams_as_it_would_without_one() {
        application.withPropertyValues("llm-cache.mode=off").run(context -> {
            Heard first = Heard.of(tell(context));
            assertThat(first.text()).isEqualTo("Answer 1 of many.");
            assertThat(Heard.of(tell(context)).text()).isEqualTo("Answer 2 of many.");
            assertThat(first.pieces()).hasSize(4);
            assertThat(listener.outcomes()).containsOnly(CacheOutcome.BYPASS);
        });
    }

    @Test
    void a_stale_answer_is_served_at_once_and_refreshed_in_the_background_of_which_the_caller_hears_nothing() {
        telling(service -> service.contentRetriever(query -> List.of(Content.from("Rome"))))
                .withPropertyValues(
                        "llm-cache.caches.tales.ttl=1ms", "llm-cache.caches.tales.stale-while-revalidate=1h")
                .run(context -> {
                    Heard.of(tell(context)).await();
                    await().until(() -> redis.answers().size() == 1);
                    AtomicInteger retrieved = new AtomicInteger();
                    Heard stale = Heard.of(
                            tell(context), stream -> stream.onRetrieved(sources -> retrieved.incrementAndGet()));
                    assertThat(stale.text()).isEqualTo("Answer 1 of many.");
                    await().untilAsserted(() ->
                            assertThat(Heard.of(tell(context)).text()).isNotEqualTo("Answer 1 of many."));
                    assertThat(retrieved).hasValue(1);
                    assertThat(stale.events()).containsExactly("complete");
                    assertThat(listener.outcomes()).contains(CacheOutcome.STALE);
                });
    }

    @Test
    void an_old_answer_stands_in_for_a_model_that_fails_and_is_all_that_is_told() {
        application
                .withPropertyValues("llm-cache.caches.tales.ttl=1ms", "llm-cache.caches.tales.stale-if-error=1h")
                .run(context -> {
                    Heard.of(tell(context)).await();
                    openAi.answering(Reply.broken());
                    await().untilAsserted(() -> {
                        Heard heard = Heard.of(tell(context));
                        assertThat(heard.text()).isEqualTo("Answer 1 of many.");
                        assertThat(heard.events()).containsExactly("complete");
                    });
                    assertThat(listener.outcomes()).contains(CacheOutcome.STALE_IF_ERROR);
                });
    }

    @Test
    void a_caller_learns_the_outcome_of_a_stream_that_it_started_later() throws Exception {
        application.run(context -> {
            ObservedCall<TokenStream> observed =
                    context.getBean(PromptCallObserver.class).observe(() -> tell(context));
            assertThat(observed.outcome()).isEmpty();
            Heard.of(observed.value()).await();
            await().untilAsserted(() -> assertThat(observed.outcome()).contains(CacheOutcome.MISS));
        });
    }

    @Test
    void what_an_expression_asks_of_the_result_is_the_final_response() {
        application.run(context -> {
            Teller teller = context.getBean(Teller.class);
            assertThat(Heard.of(teller.picky("Why?")).text()).isEqualTo("Answer 1 of many.");
            assertThat(Heard.of(teller.picky("Why?")).text()).isEqualTo("Answer 2 of many.");
            assertThat(Heard.of(teller.picky("Why?")).text()).isEqualTo("Answer 2 of many.");
            assertThat(listener.rejections()).containsExactly(RejectionReason.UNLESS);
            assertThat(context.getBean(PromptCacheOperations.class).evictByTag("tales", "tale-STOP"))
                    .isEqualTo(1);
        });
    }

    @Test
    void a_call_that_is_only_asked_for_its_key_gets_a_stream_that_does_nothing() {
        application.run(context -> {
            Heard.of(tell(context)).await();
            await().until(() -> redis.answers().size() == 1);
            PromptCacheOperations operations = context.getBean(PromptCacheOperations.class);
            assertThat(operations.evict(() -> {
                        TokenStream stream = tell(context);
                        stream.onPartialResponse(piece -> {}).start();
                        return stream;
                    }))
                    .isTrue();
            assertThat(redis.answers()).isEmpty();

            ChatResponse byHand = ChatResponse.builder()
                    .aiMessage(AiMessage.from("By hand."))
                    .finishReason(FinishReason.STOP)
                    .build();
            assertThat(operations.put(() -> tell(context), byHand)).isTrue();
            assertThat(Heard.of(tell(context)).text()).isEqualTo("By hand.");
            assertThat(openAi.chatCalls()).hasSize(1);
        });
    }

    @Test
    void what_the_method_itself_throws_is_told_to_the_error_handler() {
        Teller refusing = new Teller() {
            @Override
            public TokenStream tell(String what) {
                throw new IllegalStateException("Not today");
            }

            @Override
            public TokenStream picky(String what) {
                return tell(what);
            }

            @Override
            public TokenStream uncached(String what) {
                return tell(what);
            }
        };
        for (String mode : List.of("on", "off")) {
            telling(() -> refusing).withPropertyValues("llm-cache.mode=" + mode).run(context -> assertThat(
                            Heard.of(tell(context)).end)
                    .failsWithin(Duration.ofSeconds(20))
                    .withThrowableThat()
                    .withMessageContaining("Not today"));
        }
    }

    /** A stream of others that knows no more than it must. */
    private static final class Scripted implements TokenStream {

        private final Consumer<Scripted> script;
        private @Nullable Consumer<String> text;
        private @Nullable Consumer<ChatResponse> complete;
        private @Nullable Consumer<Throwable> error;

        private Scripted(Consumer<Scripted> script) {
            this.script = script;
        }

        @Override
        public TokenStream onPartialResponse(Consumer<String> handler) {
            text = handler;
            return this;
        }

        @Override
        public TokenStream onRetrieved(Consumer<List<Content>> handler) {
            return this;
        }

        @Override
        public TokenStream onToolExecuted(Consumer<ToolExecution> handler) {
            return this;
        }

        @Override
        public TokenStream onCompleteResponse(Consumer<ChatResponse> handler) {
            complete = handler;
            return this;
        }

        @Override
        public TokenStream onError(Consumer<Throwable> handler) {
            error = handler;
            return this;
        }

        @Override
        public TokenStream ignoreErrors() {
            return this;
        }

        @Override
        public void start() {
            script.accept(this);
        }

        void text(String piece) {
            Objects.requireNonNull(text).accept(piece);
        }

        void complete(ChatResponse response) {
            Objects.requireNonNull(complete).accept(response);
        }

        void error(Throwable failure) {
            Objects.requireNonNull(error).accept(failure);
        }
    }

    private static Teller scripted(Consumer<Scripted> script) {
        return new Teller() {
            @Override
            public TokenStream tell(String what) {
                return new Scripted(script);
            }

            @Override
            public TokenStream picky(String what) {
                return tell(what);
            }

            @Override
            public TokenStream uncached(String what) {
                return tell(what);
            }
        };
    }

    @Test
    void a_stream_of_others_that_knows_no_contexts_is_cached_too_and_of_two_ends_the_first_counts() {
        ChatResponse whole = ChatResponse.builder()
                .aiMessage(AiMessage.from("One two"))
                .finishReason(FinishReason.STOP)
                .build();
        telling(() -> scripted(stream -> {
                    stream.text("One");
                    if (answers.incrementAndGet() == 1) {
                        stream.error(new IllegalStateException("Broken"));
                    }
                    stream.text(" two");
                    stream.complete(whole);
                }))
                .run(context -> {
                    Heard broken = Heard.of(tell(context));
                    assertThat(broken.end).failsWithin(Duration.ofSeconds(20));
                    assertThat(Heard.of(tell(context)).await()).isExactlyInstanceOf(ChatResponse.class);
                    Heard hit = Heard.of(tell(context));
                    assertThat(hit.await()).isInstanceOf(CachedChatResponse.class);
                    assertThat(hit.pieces()).containsExactly("One ", "two");
                    assertThat(broken.pieces()).containsExactly("One");
                    assertThat(broken.events()).containsExactly("error");
                });
    }
}
