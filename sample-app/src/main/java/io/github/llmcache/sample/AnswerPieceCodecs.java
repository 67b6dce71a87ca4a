package io.github.llmcache.sample;

import io.github.llmcache.payload.AnswerState;
import io.github.llmcache.payload.Payload;
import io.github.llmcache.payload.PayloadCodec;
import io.github.llmcache.payload.PayloadCodecFactory;
import io.github.llmcache.payload.PayloadCodecs;
import io.github.llmcache.payload.TokenCount;
import java.lang.reflect.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Tells the cache what is in the pieces of a stream: text, and in the last one the tokens. They are stored as JSON. */
@Component
class AnswerPieceCodecs implements PayloadCodecFactory {

    @Override
    public @Nullable PayloadCodec create(Type type, PayloadCodecs codecs) {
        return type == AnswerPiece.class ? new Codec(new PayloadCodecs(List.of()).forType(type)) : null;
    }

    private record Codec(PayloadCodec json) implements PayloadCodec {

        @Override
        public Payload encode(Object piece) {
            return json.encode(piece);
        }

        @Override
        public Object decode(Payload payload) {
            return json.decode(payload);
        }

        @Override
        public boolean isShareable(Object piece) {
            return json.isShareable(piece);
        }

        @Override
        public AnswerState stateOf(Object piece) {
            return ((AnswerPiece) piece).text().isBlank() ? AnswerState.EMPTY : AnswerState.COMPLETE;
        }

        @Override
        public @Nullable TokenCount tokensOf(Object piece) {
            AnswerPiece.Tokens tokens = ((AnswerPiece) piece).tokens();
            return tokens == null ? null : new TokenCount(tokens.input(), tokens.output());
        }
    }
}
