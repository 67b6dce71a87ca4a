package io.github.llmcache.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.output.FinishReason;
import io.github.llmcache.testing.RealRedis;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** OpenAI's client reports a stream that breaks as failed, and then completes it with what there was. */
class StreamsThatEndTwiceTests {

    private static final ChatRequest WHY =
            ChatRequest.builder().messages(UserMessage.from("Why?")).build();

    private static ChatResponse response(String text) {
        return ChatResponse.builder()
                .aiMessage(AiMessage.from(text))
                .finishReason(FinishReason.STOP)
                .build();
    }

    @Test
    void an_old_answer_that_stands_in_for_one_is_all_that_the_handler_hears() {
        RealRedis redis = RealRedis.shared();
        redis.commands().flushall();
        AtomicBoolean broken = new AtomicBoolean();
        AtomicBoolean ended = new AtomicBoolean();
        StreamingChatModel model = new StreamingChatModel() {
            @Override
            public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
                if (broken.get()) {
                    handler.onError(new IllegalStateException("Broken"));
                    handler.onPartialResponse("Half");
                    handler.onCompleteResponse(response("Half"));
                    handler.onError(new IllegalStateException("Broken again"));
                    ended.set(true);
                } else {
                    handler.onCompleteResponse(response("Whole"));
                }
            }
        };
        ChatModels.caching(redis)
                .withPropertyValues(
                        "llm-cache.caches.chat-model.ttl=1ms", "llm-cache.caches.chat-model.stale-if-error=1h")
                .withBean("stream", StreamingChatModel.class, () -> model)
                .run(context -> {
                    StreamingChatModel cached = context.getBean(StreamingChatModel.class);
                    ChatModels.Streamed.of(cached, WHY).await();
                    await().until(() -> redis.answers().size() == 1);
                    broken.set(true);
                    List<String> heard = new CopyOnWriteArrayList<>();
                    cached.chat(WHY, new StreamingChatResponseHandler() {
                        @Override
                        public void onPartialResponse(String partialResponse) {
                            heard.add(partialResponse);
                        }

                        @Override
                        public void onCompleteResponse(ChatResponse completeResponse) {
                            heard.add("complete " + completeResponse.aiMessage().text());
                        }

                        @Override
                        public void onError(Throwable error) {
                            heard.add("error");
                        }
                    });
                    await().untilTrue(ended);
                    assertThat(heard).containsExactly("Whole", "complete Whole");
                });
    }
}
