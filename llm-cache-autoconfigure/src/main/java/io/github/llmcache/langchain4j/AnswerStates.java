package io.github.llmcache.langchain4j;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.output.FinishReason;
import io.github.llmcache.payload.AnswerState;
import org.jspecify.annotations.Nullable;

/** Whether an answer is whole, by what the model says of its end and by what is in it. */
final class AnswerStates {

    private AnswerStates() {}

    /** A tool call or an empty answer is one even where the model says that it stopped: some providers say no more. */
    static AnswerState of(@Nullable FinishReason reason, AnswerState content) {
        if (reason == FinishReason.LENGTH) {
            return AnswerState.TRUNCATED;
        }
        if (reason == FinishReason.CONTENT_FILTER) {
            return AnswerState.FILTERED;
        }
        if (reason == FinishReason.TOOL_EXECUTION) {
            return AnswerState.TOOL_CALL;
        }
        return reason == FinishReason.OTHER && content == AnswerState.COMPLETE ? AnswerState.UNKNOWN : content;
    }

    static AnswerState of(AiMessage message) {
        if (message.hasToolExecutionRequests()) {
            return AnswerState.TOOL_CALL;
        }
        String text = message.text();
        boolean empty = (text == null || text.isBlank()) && message.images().isEmpty();
        return empty ? AnswerState.EMPTY : AnswerState.COMPLETE;
    }
}
