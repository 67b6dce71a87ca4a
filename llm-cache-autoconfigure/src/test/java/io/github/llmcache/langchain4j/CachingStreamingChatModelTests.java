package io.github.llmcache.langchain4j;

import static io.github.llmcache.langchain4j.ChatModels.cachingBoth;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import io.github.llmcache.engine.PromptCallDirectives;
import io.github.llmcache.engine.PromptDirectives;
import io.github.llmcache.engine.PromptNotCachedException;
import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.langchain4j.ChatModels.Streamed;
import io.github.llmcache.testing.OpenAiStub;
import io.github.llmcache.testing.OwnThread;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.testing.RecordingListener;
import io.github.llmcache.testing.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

class CachingStreamingChatModelTests {

    private static final ChatRequest WHY =
            ChatRequest.builder().messages(UserMessage.from("Why?")).build();

    private final RealRedis redis = RealRedis.shared();
    private final OpenAiStub openAi = OpenAiStub.start();
    private final AtomicInteger answers = new AtomicInteger();
    private final RecordingListener listener = new RecordingListener();
    private final ApplicationContextRunner application =
            cachingBoth(redis, openAi).withBean(RecordingListener.class, () -> listener);

    @BeforeEach
    void answer_with_a_number() {
        redis.commands().flushall();
        openAi.answering(request -> Reply.pieces("Ans", "wer ", "" + answers.incrementAndGet(), " of many."));
    }

    @AfterEach
    void stop() {
        openAi.close();
    }

    private static ChatModel chat(ApplicationContext context) {
        return context.getBean("chat", ChatModel.class);
    }

    private static StreamingChatModel stream(ApplicationContext context) {
        return context.getBean("stream", StreamingChatModel.class);
    }

    @Test
    void a_repeated_stream_comes_from_the_cache_word_by_word_with_the_same_response() {
        application.run(context -> {
            Streamed first = Streamed.of(stream(context), WHY);
            ChatResponse whole = first.await();
            Streamed second = Streamed.of(stream(context), WHY);
            ChatResponse again = second.await();

            assertThat(first.pieces()).containsExactly("Ans", "wer ", "1", " of many.");
            assertThat(second.pieces()).containsExactly("Answer ", "1 ", "of ", "many.");
            assertThat(again).isInstanceOf(CachedChatResponse.class);
            assertThat(again.aiMessage()).isEqualTo(whole.aiMessage());
            assertThat(again.id()).isEqualTo(whole.id());
            assertThat(again.tokenUsage().totalTokenCount())
                    .isEqualTo(whole.tokenUsage().totalTokenCount());
            assertThat(again.finishReason()).isEqualTo(whole.finishReason());
            assertThat(openAi.chatCalls()).hasSize(1);
        });
    }

    @Test
    void a_streamed_and_a_whole_call_of_the_same_request_share_an_answer_both_ways() {
        application.run(context -> {
            String streamed =
                    Streamed.of(stream(context), WHY).await().aiMessage().text();
            assertThat(chat(context).chat(WHY).aiMessage().text()).isEqualTo(streamed);

            ChatRequest other = ChatRequest.builder()
                    .messages(UserMessage.from("Why not?"))
                    .temperature(0.1)
                    .build();
            String whole = chat(context).chat(other).aiMessage().text();
            Streamed replayed = Streamed.of(stream(context), other);
            assertThat(replayed.await().aiMessage().text()).isEqualTo(whole);
            assertThat(String.join("", replayed.pieces())).isEqualTo(whole);
            assertThat(openAi.chatCalls()).hasSize(2);
        });
    }

    @Test
    void the_pieces_pass_through_as_the_model_makes_them() {
        CountDownLatch released = new CountDownLatch(1);
        openAi.answering(Reply.pieces("One", " two", " three").heldAfter(2, released));
        application.run(context -> {
            Streamed streamed = Streamed.of(stream(context), WHY);
            await().untilAsserted(() -> assertThat(streamed.pieces()).containsExactly("One", " two"));
            assertThat(streamed.response).isNotDone();
            released.countDown();
            assertThat(streamed.await().aiMessage().text()).isEqualTo("One two three");
        });
    }

    @Test
    void a_stream_that_is_cancelled_is_not_stored_and_another_who_asks_the_same_asks_the_model() {
        CountDownLatch released = new CountDownLatch(1);
        openAi.answering(request -> answers.incrementAndGet() == 1
                ? Reply.pieces("One", " two", " three").heldAfter(1, released)
                : Reply.text("The second one."));
        application.run(context -> {
            Streamed cancelled = new Streamed();
            cancelled.onPiece = piece -> piece.streamingHandle().cancel();
            stream(context).chat(WHY, cancelled);
            await().untilAsserted(() -> assertThat(listener.outcomes()).contains(CacheOutcome.ERROR));
            released.countDown();

            assertThat(Streamed.of(stream(context), WHY).await().aiMessage().text())
                    .isEqualTo("The second one.");
            assertThat(openAi.chatCalls()).hasSize(2);
        });
    }

    @Test
    void whoever_waits_for_a_stream_that_is_cancelled_asks_the_model_at_once() {
        CountDownLatch released = new CountDownLatch(1);
        openAi.answering(request -> answers.incrementAndGet() == 1
                ? Reply.pieces("One", " two", " three").heldAfter(1, released)
                : Reply.text("The second one."));
        application.run(context -> {
            AtomicReference<@Nullable StreamingHandle> handle = new AtomicReference<>();
            Streamed first = new Streamed();
            first.onPiece = piece -> handle.set(piece.streamingHandle());
            stream(context).chat(WHY, first);
            await().until(() -> handle.get() != null);
            CompletableFuture<ChatResponse> second =
                    OwnThread.supply(() -> chat(context).chat(WHY));
            Streamed third = Streamed.of(stream(context), WHY);
            assertThat(openAi.chatCalls()).hasSize(1);

            Objects.requireNonNull(handle.get()).cancel();
            assertThat(second.join().aiMessage().text()).isEqualTo("The second one.");
            assertThat(third.await().aiMessage().text()).isEqualTo("The second one.");
            released.countDown();
        });
    }

    @Test
    void those_who_ask_the_same_meanwhile_get_the_whole_answer_of_one_stream() {
        CountDownLatch released = new CountDownLatch(1);
        openAi.answering(Reply.pieces("One", " two").heldAfter(1, released));
        application.run(context -> {
            List<Streamed> all = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                all.add(Streamed.of(stream(context), WHY));
            }
            openAi.awaitCalls(1);
            released.countDown();
            assertThat(all).allSatisfy(one -> assertThat(one.await().aiMessage().text())
                    .isEqualTo("One two"));
            assertThat(openAi.chatCalls()).hasSize(1);
            assertThat(listener.outcomes()).containsOnlyOnce(CacheOutcome.MISS);
        });
    }

    @Test
    void streams_that_fail_or_end_half_way_are_not_stored_and_the_handler_hears_of_it() {
        List<Reply> failing = List.of(
                Reply.error(429, "Slow down"),
                Reply.broken(),
                Reply.pieces("One", " two").brokenAfter(1),
                Reply.pieces("One", " two").failedAfter(1, "Overloaded"));
        for (Reply reply : failing) {
            openAi.answering(reply);
            application.run(context -> {
                Streamed streamed = Streamed.of(stream(context), WHY);
                await().untilAsserted(() -> assertThat(streamed.response).isDone());
                assertThat(redis.answers()).isEmpty();
            });
        }
        openAi.answering(Reply.error(429, "Slow down"));
        application.run(context -> assertThat(Streamed.of(stream(context), WHY).response)
                .failsWithin(Duration.ofSeconds(20))
                .withThrowableThat()
                .withCauseInstanceOf(RateLimitException.class));
    }

    @Test
    void a_stream_that_ends_without_saying_why_may_be_half_an_answer_and_is_not_stored() {
        openAi.answering(Reply.pieces("One", " two", " three").endedAfter(2));
        application.run(context -> {
            assertThat(Streamed.of(stream(context), WHY).await().aiMessage().text())
                    .isEqualTo("One two");
            openAi.answering(Reply.text("One two three"));
            assertThat(chat(context).chat(WHY).aiMessage().text()).isEqualTo("One two three");
        });
    }

    @Test
    void truncated_streams_and_those_that_ask_for_tools_are_not_stored_unless_the_settings_say_so() {
        Reply tool = Reply.toolCalls(new Reply.ToolCall("1", "weather", "{\"city\":\"Rome\"}"));
        for (Reply reply : List.of(Reply.text("Half an").finishReason("length"), tool)) {
            openAi.answering(reply);
            application.run(context -> {
                Streamed.of(stream(context), WHY).await();
                assertThat(Streamed.of(stream(context), WHY).await()).isNotInstanceOf(CachedChatResponse.class);
            });
        }
        application.withPropertyValues("llm-cache.admission.tool-calls=true").run(context -> {
            Streamed.of(stream(context), WHY).await();
            List<CompleteToolCall> calls = new ArrayList<>();
            Streamed replayed = new Streamed() {
                @Override
                public void onCompleteToolCall(CompleteToolCall completeToolCall) {
                    calls.add(completeToolCall);
                }
            };
            stream(context).chat(WHY, replayed);
            AiMessage message = replayed.await().aiMessage();
            assertThat(message.toolExecutionRequests()).hasSize(1);
            assertThat(calls)
                    .containsExactly(new CompleteToolCall(
                            0, message.toolExecutionRequests().get(0)));
        });
    }

    @Test
    void an_old_answer_stands_in_for_a_model_that_fails_before_its_first_word() {
        application
                .withPropertyValues(
                        "llm-cache.caches.chat-model.ttl=1ms", "llm-cache.caches.chat-model.stale-if-error=1h")
                .run(context -> {
                    Streamed.of(stream(context), WHY).await();
                    openAi.answering(Reply.error(500, "Oops"));
                    await().untilAsserted(() -> assertThat(Streamed.of(stream(context), WHY)
                                    .await()
                                    .aiMessage()
                                    .text())
                            .isEqualTo("Answer 1 of many."));
                    assertThat(listener.outcomes()).contains(CacheOutcome.STALE_IF_ERROR);
                });
    }

    @Test
    void a_stale_answer_is_served_at_once_and_refreshed_in_the_background() {
        application
                .withPropertyValues(
                        "llm-cache.caches.chat-model.ttl=1ms", "llm-cache.caches.chat-model.stale-while-revalidate=1h")
                .run(context -> {
                    Streamed.of(stream(context), WHY).await();
                    await().until(() -> redis.answers().size() == 1);
                    await().untilAsserted(() -> assertThat(Streamed.of(stream(context), WHY)
                                    .await()
                                    .aiMessage()
                                    .text())
                            .isEqualTo("Answer 2 of many."));
                    assertThat(listener.outcomes()).contains(CacheOutcome.STALE);
                });
    }

    @Test
    void a_handler_that_fails_hears_of_it_as_with_the_model_itself_and_others_are_not_kept_waiting() {
        application.run(context -> {
            Streamed failing = new Streamed();
            failing.onPiece = piece -> {
                throw new IllegalStateException("The browser has gone");
            };
            stream(context).chat(WHY, failing);
            assertThatIllegalStateException()
                    .isThrownBy(() -> {
                        try {
                            failing.await();
                        } catch (CompletionException ex) {
                            throw ex.getCause();
                        }
                    })
                    .withMessage("The browser has gone");
            assertThat(Streamed.of(stream(context), WHY).await().aiMessage().text())
                    .startsWith("Answer");

            Streamed failingAtReplay = new Streamed();
            failingAtReplay.onPiece = failing.onPiece;
            stream(context).chat(WHY, failingAtReplay);
            assertThat(failingAtReplay.response)
                    .failsWithin(Duration.ofSeconds(20))
                    .withThrowableThat()
                    .withMessageContaining("The browser has gone");
        });
    }

    @Test
    void a_replay_can_be_cancelled() {
        Streamed cancelling = new Streamed();
        cancelling.onPiece = piece -> {
            piece.streamingHandle().cancel();
            assertThat(piece.streamingHandle().isCancelled()).isTrue();
        };
        new StreamReplay(cancelling)
                .replay(ChatResponse.builder()
                        .aiMessage(AiMessage.from("Answer of many."))
                        .build());

        assertThat(cancelling.pieces()).containsExactly("Answer ");
        assertThat(cancelling.response).isNotDone();
    }

    @Test
    void a_miss_of_a_call_for_a_cached_answer_only_is_told_to_the_handler() {
        application.run(context -> {
            Streamed streamed = context.getBean(PromptCallDirectives.class)
                    .call(PromptDirectives.ONLY_IF_CACHED, () -> Streamed.of(stream(context), WHY));
            assertThat(streamed.response)
                    .failsWithin(Duration.ofSeconds(20))
                    .withThrowableThat()
                    .withCauseInstanceOf(PromptNotCachedException.class);
            assertThat(openAi.chatCalls()).isEmpty();
        });
    }

    @Test
    void a_model_that_throws_before_it_streams_is_told_to_the_handler_and_nothing_is_stored() {
        StreamingChatModel refusing = new StreamingChatModel() {
            @Override
            public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
                throw new IllegalStateException("Not today");
            }
        };
        ChatModels.caching(redis)
                .withBean("stream", StreamingChatModel.class, () -> refusing)
                .run(context -> {
                    assertThat(Streamed.of(stream(context), WHY).response)
                            .failsWithin(Duration.ofSeconds(20))
                            .withThrowableThat()
                            .withMessageContaining("Not today");
                    assertThat(redis.answers()).isEmpty();
                });
    }
}
