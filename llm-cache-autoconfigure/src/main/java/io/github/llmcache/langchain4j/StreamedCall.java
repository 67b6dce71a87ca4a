package io.github.llmcache.langchain4j;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import io.github.llmcache.engine.PromptBypass;
import io.github.llmcache.engine.PromptCache;
import io.github.llmcache.engine.PromptCall;
import io.github.llmcache.engine.PromptTurn;
import java.time.Duration;
import java.util.concurrent.CancellationException;
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

    /** Clients bound the time to the first byte; a stream may fall silent after it. */
    private static final Duration LONGEST = Duration.ofMinutes(10);

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
            opened(opening);
            return;
        }
        // What follows may take as long as the model or the receiver does: it gets a thread of its own.
        Runnable inContext = cache.inContext(() -> goOn(opening));
        opening.whenComplete((turn, refusal) -> cache.background().execute(inContext));
    }

    /** On the caller's thread, where the model's own exceptions belong. */
    private void opened(CompletableFuture<PromptTurn> opening) {
        PromptTurn turn = turnOf(opening);
        if (turn == null) {
            return;
        }
        Object answer = turn.answer();
        if (answer == null) {
            ask(turn, true);
        } else {
            // As from the model, the answer comes on another thread than the caller's.
            cache.background().execute(cache.inContext(() -> new StreamReplay(handler).replay((ChatResponse) answer)));
        }
    }

    private void goOn(CompletableFuture<PromptTurn> opening) {
        PromptTurn turn = turnOf(opening);
        if (turn == null) {
            return;
        }
        Object answer = turn.answer();
        if (answer == null) {
            ask(turn, false);
        } else {
            new StreamReplay(handler).replay((ChatResponse) answer);
        }
    }

    private @Nullable PromptTurn turnOf(CompletableFuture<PromptTurn> opening) {
        try {
            return opening.join();
        } catch (CompletionException ex) {
            Told.error(handler, ex.getCause() == null ? ex : ex.getCause());
        } catch (CancellationException ex) {
            Told.error(handler, ex);
        }
        return null;
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

    /** The whole response, for nobody who waits, and so not for ever. */
    private CompletionStage<ChatResponse> whole() {
        WholeResponse response = new WholeResponse();
        refreshing.ask(response);
        return response.within(LONGEST);
    }
}
