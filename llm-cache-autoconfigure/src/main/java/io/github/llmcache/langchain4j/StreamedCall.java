package io.github.llmcache.langchain4j;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import io.github.llmcache.engine.PromptBypass;
import io.github.llmcache.engine.PromptCache;
import io.github.llmcache.engine.PromptCall;
import io.github.llmcache.engine.PromptTurn;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** One call of a streaming model: answered from the cache, or asked of the model and written down on the way. */
final class StreamedCall {

    /** Asks the model. */
    @FunctionalInterface
    interface Asking {

        /** Asks it, and has its response told to a handler. */
        void ask(StreamingChatResponseHandler handler);
    }

    private final PromptCache cache;
    private final StreamingChatResponseHandler handler;
    private final Asking asking;
    private final Asking refreshing;

    StreamedCall(PromptCache cache, StreamingChatResponseHandler handler, Asking asking) {
        this(cache, handler, asking, asking);
    }

    /** The same with another way to ask for an answer that nobody waits for. */
    StreamedCall(PromptCache cache, StreamingChatResponseHandler handler, Asking asking, Asking refreshing) {
        this.cache = cache;
        this.handler = handler;
        this.asking = asking;
        this.refreshing = refreshing;
    }

    /** Asks the model without a look into the cache. */
    void pass(PromptBypass bypass) {
        PromptTurn turn;
        try {
            turn = cache.openBypass(bypass);
        } catch (RuntimeException refusal) {
            Told.error(handler, refusal);
            return;
        }
        ask(turn, true);
    }

    /** Looks into the cache, and asks the model if it is this call's turn. */
    void open(PromptCall call) {
        CompletableFuture<PromptTurn> opening = cache.open(call, this::whole);
        if (opening.isDone()) {
            opening.whenComplete((turn, refusal) -> opened(turn, refusal, true));
            return;
        }
        Opened later = new Opened();
        Runnable inContext = cache.inContext(later);
        opening.whenComplete((turn, refusal) -> {
            later.turn = turn;
            later.refusal = refusal;
            inContext.run();
        });
    }

    /** Goes on in the caller's context on another thread. */
    private final class Opened implements Runnable {

        private volatile @Nullable PromptTurn turn;
        private volatile @Nullable Throwable refusal;

        @Override
        public void run() {
            opened(turn, refusal, false);
        }
    }

    private void opened(@Nullable PromptTurn turn, @Nullable Throwable refusal, boolean onCallersThread) {
        if (turn == null) {
            Told.error(
                    handler,
                    refusal instanceof CompletionException && refusal.getCause() != null
                            ? refusal.getCause()
                            : refusal == null ? new IllegalStateException("No turn") : refusal);
            return;
        }
        Object answer = turn.answer();
        if (answer != null) {
            new StreamReplay(handler).replay((ChatResponse) answer);
        } else {
            ask(turn, onCallersThread);
        }
    }

    private void ask(PromptTurn turn, boolean onCallersThread) {
        RecordingHandler recording = new RecordingHandler(handler, turn);
        try {
            asking.ask(recording);
        } catch (Throwable failure) {
            if (!recording.refused(failure)) {
                return;
            }
            if (onCallersThread) {
                throw Unchecked.rethrow(failure);
            }
            Told.error(handler, failure);
        }
    }

    /** The whole response, for nobody who waits. */
    private CompletionStage<ChatResponse> whole() {
        CompletableFuture<ChatResponse> response = new CompletableFuture<>();
        refreshing.ask(new StreamingChatResponseHandler() {
            @Override
            public void onPartialResponse(String partialResponse) {}

            @Override
            public void onCompleteResponse(ChatResponse completeResponse) {
                response.complete(completeResponse);
            }

            @Override
            public void onError(Throwable error) {
                response.completeExceptionally(error);
            }
        });
        return response;
    }
}
