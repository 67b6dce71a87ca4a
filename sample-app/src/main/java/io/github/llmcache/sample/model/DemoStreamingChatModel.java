package io.github.llmcache.sample.model;

import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import java.time.Duration;

/** Says what the demo model answers word by word: half of its time it thinks, the other half it speaks. */
class DemoStreamingChatModel implements StreamingChatModel {

    private static final String AFTER_WHITE_SPACE = "(?<=\\s)(?=\\S)";

    private final DemoAnswers answers;

    DemoStreamingChatModel(Duration delay) {
        this.answers = new DemoAnswers(delay);
    }

    @Override
    public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
        Thread thread = new Thread(() -> speak(answers.to(request), handler), "demo-model");
        thread.setDaemon(true);
        thread.start();
    }

    private void speak(ChatResponse answer, StreamingChatResponseHandler handler) {
        Mouth mouth = new Mouth();
        PartialResponseContext context = new PartialResponseContext(mouth);
        String[] words = answer.aiMessage().text().split(AFTER_WHITE_SPACE, -1);
        Duration half = answers.delay().dividedBy(2);
        try {
            Thread.sleep(half.toMillis());
            for (String word : words) {
                if (mouth.isCancelled()) {
                    return;
                }
                handler.onPartialResponse(new PartialResponse(word), context);
                Thread.sleep(half.dividedBy(words.length).toMillis());
            }
            handler.onCompleteResponse(answer);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            handler.onError(new IllegalStateException("The demo model was interrupted", ex));
        }
    }

    /** Can be shut. */
    private static final class Mouth implements StreamingHandle {

        private volatile boolean shut;

        @Override
        public void cancel() {
            shut = true;
        }

        @Override
        public boolean isCancelled() {
            return shut;
        }
    }
}
