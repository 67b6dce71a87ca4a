package io.github.llmcache.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.output.FinishReason;
import io.github.llmcache.engine.PromptCallDirectives;
import io.github.llmcache.engine.PromptDirectives;
import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.langchain4j.ChatModels.Streamed;
import io.github.llmcache.testing.OwnThread;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.testing.RecordingListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

/** Models that stream on the thread that asks them, as those in process do, and handlers that take their time. */
class StreamsOnTheCallersThreadTests {

    private final RealRedis redis = RealRedis.shared();
    private final RecordingListener listener = new RecordingListener();
    private final AtomicReference<Consumer<StreamingChatResponseHandler>> streaming =
            new AtomicReference<>(handler -> say(handler, "One ", "two."));
    private final AtomicInteger asked = new AtomicInteger();
    private final ApplicationContextRunner application = ChatModels.caching(redis)
            .withBean(RecordingListener.class, () -> listener)
            .withBean("stream", StreamingChatModel.class, () -> new StreamingChatModel() {
                @Override
                public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
                    asked.incrementAndGet();
                    Objects.requireNonNull(streaming.get()).accept(handler);
                }
            });

    @BeforeEach
    void empty_redis() {
        redis.commands().flushall();
    }

    private static void say(StreamingChatResponseHandler handler, String... pieces) {
        for (String piece : pieces) {
            handler.onPartialResponse(piece);
        }
        handler.onCompleteResponse(ChatResponse.builder()
                .aiMessage(AiMessage.from(String.join("", pieces)))
                .finishReason(FinishReason.STOP)
                .build());
    }

    private static ChatRequest asking(String text) {
        return ChatRequest.builder().messages(UserMessage.from(text)).build();
    }

    private static StreamingChatModel stream(ApplicationContext context) {
        return context.getBean("stream", StreamingChatModel.class);
    }

    @Test
    void a_model_that_throws_is_heard_wherever_the_cache_has_no_part_in_the_call() {
        streaming.set(handler -> {
            throw new IllegalStateException("Not today");
        });
        application.run(context -> assertThatIllegalStateException()
                .isThrownBy(() -> context.getBean(PromptCallDirectives.class)
                        .call(PromptDirectives.NO_STORE, () -> Streamed.of(stream(context), asking("Why?"))))
                .withMessage("Not today"));
        application.withPropertyValues("llm-cache.mode=off").run(context -> assertThatIllegalStateException()
                .isThrownBy(() -> Streamed.of(stream(context), asking("Why?")))
                .withMessage("Not today"));
        ChatModels.caching(RealRedis.notStarted())
                .withBean("stream", StreamingChatModel.class, () -> new StreamingChatModel() {
                    @Override
                    public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
                        throw new IllegalStateException("Not today");
                    }
                })
                .withPropertyValues("llm-cache.redis.circuit-breaker.minimum-number-of-calls=1")
                .run(context -> {
                    for (int i = 0; i < 5; i++) {
                        CompletableFuture<String> heard = new CompletableFuture<>();
                        try {
                            Streamed streamed = Streamed.of(stream(context), asking("Why?"));
                            streamed.response.whenComplete((response, error) -> heard.complete(error.getMessage()));
                        } catch (IllegalStateException ex) {
                            heard.complete(ex.getMessage());
                        }
                        assertThat(heard.get(20, TimeUnit.SECONDS)).isEqualTo("Not today");
                    }
                });
    }

    @Test
    void a_model_that_breaks_off_by_throwing_is_not_followed_by_an_old_answer() {
        application
                .withPropertyValues(
                        "llm-cache.caches.chat-model.ttl=1ms", "llm-cache.caches.chat-model.stale-if-error=1h")
                .run(context -> {
                    Streamed.of(stream(context), asking("Why?")).await();
                    await().untilAsserted(() -> {
                        assertThat(listener.rejections()).isEmpty();
                        assertThat(redis.answers()).hasSize(1);
                    });
                    streaming.set(handler -> {
                        handler.onPartialResponse("Half ");
                        throw new IllegalStateException("Broken off");
                    });
                    Streamed broken = Streamed.of(stream(context), asking("Why?"));
                    await().until(() -> broken.response.isDone());
                    assertThat(broken.pieces()).containsExactly("Half ");
                    assertThat(broken.response).isCompletedExceptionally();
                    assertThat(listener.outcomes()).doesNotContain(CacheOutcome.STALE_IF_ERROR);
                });
    }

    @Test
    void the_failure_of_one_receiver_is_nobody_elses() {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        streaming.set(handler -> {
            if (asked.get() == 1) {
                begun.countDown();
                awaitLatch(released);
            }
            try {
                say(handler, "One ", "two.");
            } catch (RuntimeException ex) {
                throw new IllegalStateException("The model was disturbed", ex);
            }
        });
        application.run(context -> {
            CompletableFuture<Void> first =
                    OwnThread.run(() -> stream(context).chat(asking("Why?"), new StreamingChatResponseHandler() {
                        @Override
                        public void onPartialResponse(String partialResponse) {
                            throw new IllegalStateException("The client has gone");
                        }

                        @Override
                        public void onCompleteResponse(ChatResponse completeResponse) {}

                        @Override
                        public void onError(Throwable error) {}
                    }));
            assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
            Streamed second = Streamed.of(stream(context), asking("Why?"));
            released.countDown();

            assertThat(second.await().aiMessage().text()).isEqualTo("One two.");
            assertThat(first).satisfies(done -> await().until(done::isDone));
            assertThat(asked).hasValue(2);
        });
    }

    @Test
    void models_that_stream_on_the_thread_that_asks_them_do_not_queue_behind_one_another() {
        CountDownLatch released = new CountDownLatch(1);
        streaming.set(handler -> {
            awaitLatch(released);
            say(handler, "One ", "two.");
        });
        application.run(context -> {
            List<Streamed> all = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                all.add(Streamed.of(stream(context), asking("Question " + i)));
            }
            await().untilAsserted(() -> assertThat(asked).hasValue(40));
            released.countDown();
            assertThat(all).allSatisfy(one -> assertThat(one.await().aiMessage().text())
                    .isEqualTo("One two."));
        });
    }

    @Test
    void handlers_that_take_their_time_over_a_hit_keep_nobody_else_waiting_and_do_not_run_on_the_callers_thread() {
        CountDownLatch released = new CountDownLatch(1);
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        ApplicationContextRunner withChat = application.withBean("chat", ChatModel.class, () -> new ChatModel() {
            @Override
            public ChatResponse doChat(ChatRequest request) {
                return ChatResponse.builder()
                        .aiMessage(AiMessage.from("Answer"))
                        .build();
            }
        });
        withChat.run(context -> {
            Streamed.of(stream(context), asking("Why?")).await();
            await().until(() -> redis.answers().size() == 1);
            List<Streamed> slow = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                Streamed one = new Streamed();
                one.onPiece = piece -> {
                    threads.add(Thread.currentThread());
                    awaitLatch(released);
                };
                stream(context).chat(asking("Why?"), one);
                slow.add(one);
            }
            await().untilAsserted(() -> assertThat(threads).hasSize(60));
            assertThat(threads).doesNotContain(Thread.currentThread());
            CompletableFuture<String> other = OwnThread.supply(
                    () -> context.getBean("chat", ChatModel.class).chat("Something else?"));
            assertThat(other.get(20, TimeUnit.SECONDS)).isEqualTo("Answer");
            released.countDown();
            slow.forEach(Streamed::await);
        });
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }
}
