package io.github.llmcache.langchain4j;

import dev.langchain4j.model.chat.response.ChatResponse;
import io.github.llmcache.payload.AnswerState;
import io.github.llmcache.payload.Payload;
import io.github.llmcache.payload.PayloadCodec;
import io.github.llmcache.payload.TokenCount;
import org.jspecify.annotations.Nullable;

/** Responses of decorated models, which say of themselves that they are from the cache when they come back. */
final class CachedResponseCodec implements PayloadCodec {

    /** One for all: a hit in memory is shared by those who read it with the same codec. */
    static final CachedResponseCodec WHOLE = new CachedResponseCodec(false);

    /** A stream whose connection is closed in the middle looks like one that is complete, but for its finish reason. */
    static final CachedResponseCodec STREAMED = new CachedResponseCodec(true);

    private final ChatResponseCodec codec = new ChatResponseCodec();
    private final boolean streamed;

    private CachedResponseCodec(boolean streamed) {
        this.streamed = streamed;
    }

    @Override
    public Payload encode(Object answer) {
        return codec.encode(answer);
    }

    @Override
    public Object decode(Payload payload) {
        return new CachedChatResponse((ChatResponse) codec.decode(payload));
    }

    @Override
    public AnswerState stateOf(Object answer) {
        AnswerState state = codec.stateOf(answer);
        return streamed && state == AnswerState.COMPLETE && ((ChatResponse) answer).finishReason() == null
                ? AnswerState.UNKNOWN
                : state;
    }

    @Override
    public boolean isShareable(Object answer) {
        return codec.isShareable(answer);
    }

    @Override
    public @Nullable TokenCount tokensOf(Object answer) {
        return codec.tokensOf(answer);
    }
}
