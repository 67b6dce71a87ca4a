package io.github.llmcache.sample;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.FluxSink;

/** Passes the pieces of a model's answer on, and tells the model when nobody listens any more. */
class PieceHandler implements StreamingChatResponseHandler {

    private final FluxSink<AnswerPiece> pieces;
    private boolean handled;

    PieceHandler(FluxSink<AnswerPiece> pieces) {
        this.pieces = pieces;
    }

    @Override
    public void onPartialResponse(PartialResponse piece, PartialResponseContext context) {
        if (!handled) {
            // A sink takes one, and lets it go at once if nobody listens any more.
            handled = true;
            pieces.onCancel(context.streamingHandle()::cancel);
        }
        pieces.next(AnswerPiece.of(piece.text()));
    }

    @Override
    public void onCompleteResponse(ChatResponse response) {
        // An answer that ends well is kept, half of one is not to be. A stream that was cut off is completed without a
        // word of why it ended, and after a failure too; a sink passes only the first end on.
        if (response.finishReason() == FinishReason.STOP) {
            tellTokens(response.tokenUsage());
            pieces.complete();
        } else {
            pieces.error(new HalfAnswerException());
        }
    }

    private void tellTokens(@Nullable TokenUsage usage) {
        if (usage != null && usage.inputTokenCount() != null && usage.outputTokenCount() != null) {
            pieces.next(new AnswerPiece("", new AnswerPiece.Tokens(usage.inputTokenCount(), usage.outputTokenCount())));
        }
    }

    @Override
    public void onError(Throwable failure) {
        pieces.error(failure);
    }
}
