package io.github.llmcache.langchain4j;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.CompleteToolCall;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.PartialThinking;
import dev.langchain4j.model.chat.response.PartialThinkingContext;
import dev.langchain4j.model.chat.response.PartialToolCall;
import dev.langchain4j.model.chat.response.PartialToolCallContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import io.github.llmcache.engine.PromptTurn;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Passes a model's response on as it comes, and ends the turn with it: stored when it is complete, given up where it is
 * cancelled or its receiver fails.
 *
 * <p>Thread-safe.
 */
final class RecordingHandler implements StreamingChatResponseHandler {

    private final StreamingChatResponseHandler handler;
    private final PromptTurn turn;
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile boolean started;
    private volatile boolean replaced;
    private volatile @Nullable Throwable receiversFailure;

    RecordingHandler(StreamingChatResponseHandler handler, PromptTurn turn) {
        this.handler = handler;
        this.turn = turn;
    }

    /**
     * The model threw, mostly before it began.
     *
     * @return whether the caller is to hear of it, because no old answer was served instead
     */
    boolean refused(Throwable failure) {
        if (!ended.compareAndSet(false, true)) {
            return !replaced;
        }
        return !isReplacedAt(failure);
    }

    /** Ends the turn with a failure; whether an old answer was told instead. */
    private boolean isReplacedAt(Throwable failure) {
        if (isReceivers(failure)) {
            turn.abandoned();
        } else if (started) {
            // The rest of another answer would make no sense.
            turn.brokenOff(failure);
        } else {
            Object old = turn.failed(failure);
            if (old != null) {
                replace((ChatResponse) old);
                return true;
            }
        }
        return false;
    }

    /** A model may wrap what its receiver threw. */
    private boolean isReceivers(Throwable failure) {
        Throwable own = receiversFailure;
        int depth = 0;
        for (Throwable cause = failure; own != null && cause != null && depth < 20; cause = cause.getCause(), depth++) {
            if (cause == own) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void onPartialResponse(String partialResponse) {
        tell(() -> handler.onPartialResponse(partialResponse));
    }

    @Override
    public void onPartialResponse(PartialResponse partialResponse, PartialResponseContext context) {
        tell(() -> handler.onPartialResponse(
                partialResponse, new PartialResponseContext(watched(context.streamingHandle()))));
    }

    @Override
    public void onPartialThinking(PartialThinking partialThinking) {
        tell(() -> handler.onPartialThinking(partialThinking));
    }

    @Override
    public void onPartialThinking(PartialThinking partialThinking, PartialThinkingContext context) {
        tell(() -> handler.onPartialThinking(
                partialThinking, new PartialThinkingContext(watched(context.streamingHandle()))));
    }

    @Override
    public void onPartialToolCall(PartialToolCall partialToolCall) {
        tell(() -> handler.onPartialToolCall(partialToolCall));
    }

    @Override
    public void onPartialToolCall(PartialToolCall partialToolCall, PartialToolCallContext context) {
        tell(() -> handler.onPartialToolCall(
                partialToolCall, new PartialToolCallContext(watched(context.streamingHandle()))));
    }

    @Override
    public void onCompleteToolCall(CompleteToolCall completeToolCall) {
        tell(() -> handler.onCompleteToolCall(completeToolCall));
    }

    @Override
    public void onUnmappedRawEvent(Object rawEvent) {
        // It is no part of the answer: an old one may still be served instead.
        if (!replaced) {
            handler.onUnmappedRawEvent(rawEvent);
        }
    }

    @Override
    public void onCompleteResponse(ChatResponse completeResponse) {
        if (ended.compareAndSet(false, true)) {
            turn.loaded(completeResponse);
        }
        if (!replaced) {
            handler.onCompleteResponse(completeResponse);
        }
    }

    @Override
    public void onError(Throwable error) {
        if (ended.compareAndSet(false, true) && isReplacedAt(error)) {
            return;
        }
        if (!replaced) {
            handler.onError(error);
        }
    }

    /** From here on the model is not heard any more: OpenAI's client goes on to complete what it has reported as broken. */
    private void replace(ChatResponse old) {
        replaced = true;
        new StreamReplay(handler).replay(old);
    }

    private void tell(Runnable telling) {
        started = true;
        tellAside(telling);
    }

    /** Tells the receiver what is no part of the answer, so that an old one may still be served instead. */
    void tellAside(Runnable telling) {
        if (replaced) {
            return;
        }
        try {
            telling.run();
        } catch (Throwable ex) {
            receiversFailure = ex;
            throw ex;
        }
    }

    /** Whoever cancels the stream gives up the turn: LangChain4j's models say nothing more after that. */
    private StreamingHandle watched(StreamingHandle handle) {
        return new StreamingHandle() {
            @Override
            public void cancel() {
                if (ended.compareAndSet(false, true)) {
                    turn.abandoned();
                }
                handle.cancel();
            }

            @Override
            public boolean isCancelled() {
                return handle.isCancelled();
            }
        };
    }
}
