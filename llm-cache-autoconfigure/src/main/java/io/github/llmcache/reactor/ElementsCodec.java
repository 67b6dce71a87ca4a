package io.github.llmcache.reactor;

import io.github.llmcache.payload.AnswerState;
import io.github.llmcache.payload.Payload;
import io.github.llmcache.payload.PayloadCodec;
import io.github.llmcache.payload.TokenCount;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the elements of a stream as one JSON list; whether they are a whole answer, each of them tells. */
final class ElementsCodec implements PayloadCodec {

    private final PayloadCodec list;
    private final PayloadCodec element;

    ElementsCodec(PayloadCodec list, PayloadCodec element) {
        this.list = list;
        this.element = element;
    }

    @Override
    public Payload encode(Object answer) {
        return list.encode(answer);
    }

    @Override
    public Object decode(Payload payload) {
        return list.decode(payload);
    }

    @Override
    public AnswerState stateOf(Object answer) {
        AnswerState state = AnswerState.EMPTY;
        for (Object one : (List<?>) answer) {
            AnswerState next = element.stateOf(one);
            if (next != AnswerState.COMPLETE && next != AnswerState.EMPTY) {
                return next;
            }
            // White space between words is a part of the answer; nothing but white space is none.
            state = next == AnswerState.COMPLETE ? next : state;
        }
        return state;
    }

    /** Elements that tell none count for nothing: often the last one alone tells those of all. */
    @Override
    public @Nullable TokenCount tokensOf(Object answer) {
        TokenCount sum = null;
        for (Object one : (List<?>) answer) {
            TokenCount tokens = element.tokensOf(one);
            if (tokens != null) {
                sum = sum == null
                        ? tokens
                        : new TokenCount(sum.input() + tokens.input(), sum.output() + tokens.output());
            }
        }
        return sum;
    }

    @Override
    public boolean isShareable(Object answer) {
        // The list stays here: callers get its elements.
        return ((List<?>) answer).stream().allMatch(element::isShareable);
    }
}
