package io.github.llmcache.sample;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;

class StreamingAssistantTest {

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final SpeakingModel model = new SpeakingModel();
    private final List<String> heard = new ArrayList<>();

    @Test
    void aModelSpeaksOnAsLongAsSomebodyListens() {
        new StreamingAssistant(model, PATIENCE).ask("Explain transformers").subscribe(piece -> heard.add(piece.text()));
        model.say("one");
        model.say("two");

        assertThat(heard).containsExactly("one", "two");
        assertThat(model.isCancelled()).isFalse();
    }

    @Test
    void aModelIsToldWhenNobodyListensAnyMore() {
        Disposable listener = new StreamingAssistant(model, PATIENCE)
                .ask("Explain transformers")
                .subscribe(piece -> heard.add(piece.text()));
        model.say("one");
        listener.dispose();

        assertThat(model.isCancelled()).isTrue();
    }

    @Test
    void aModelIsToldAtItsFirstWordWhenNobodyWaitedForIt() {
        new StreamingAssistant(model, PATIENCE)
                .ask("Explain transformers")
                .subscribe(piece -> heard.add(piece.text()))
                .dispose();
        model.say("one");

        assertThat(model.isCancelled()).isTrue();
        assertThat(heard).isEmpty();
    }

    /** Says what it is told to say. */
    private static final class SpeakingModel implements StreamingChatModel, StreamingHandle {

        @SuppressWarnings("NullAway.Init")
        private StreamingChatResponseHandler handler;

        private boolean cancelled;

        @Override
        public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
            this.handler = handler;
        }

        void say(String word) {
            handler.onPartialResponse(new PartialResponse(word), new PartialResponseContext(this));
        }

        @Override
        public void cancel() {
            cancelled = true;
        }

        @Override
        public boolean isCancelled() {
            return cancelled;
        }
    }
}
