package io.github.llmcache.engine;

import io.github.llmcache.event.RejectionReason;
import io.github.llmcache.payload.AnswerState;
import io.github.llmcache.payload.Payload;
import io.github.llmcache.payload.PayloadCodec;
import io.github.llmcache.payload.TokenCount;
import java.util.function.Predicate;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Whether an answer may be stored: its payload, or why not.
 *
 * @param payload the answer's JSON, or null if it is rejected
 * @param rejection why it is rejected, or null if it is not
 * @param tokens what the answer took, or null where unknown
 */
record Admission(
        @Nullable Payload payload,
        @Nullable RejectionReason rejection,
        @Nullable TokenCount tokens) {

    private static final Log log = LogFactory.getLog(Admission.class);

    static Admission rejected(RejectionReason reason) {
        return new Admission(null, reason, null);
    }

    static Admission of(@Nullable Object answer, PayloadCodec codec, CachePolicy policy, Predicate<Object> unless) {
        if (answer == null) {
            return rejected(RejectionReason.NULL);
        }
        try {
            RejectionReason incomplete = rejectionOf(codec.stateOf(answer));
            if (incomplete != null) {
                return rejected(incomplete);
            }
            if (keepsOut(unless, answer)) {
                return rejected(RejectionReason.UNLESS);
            }
            Payload payload = codec.encode(answer);
            return payload.length() > policy.maxEntrySize()
                    ? rejected(RejectionReason.TOO_LARGE)
                    : new Admission(payload, null, codec.tokensOf(answer));
        } catch (Throwable ex) {
            // Whatever a codec throws, the model has answered and its caller gets the answer. The class alone: a
            // message can quote the answer.
            log.debug("An answer of " + answer.getClass().getName() + " was not stored: "
                    + ex.getClass().getName());
            return rejected(RejectionReason.NOT_JSON);
        }
    }

    private static boolean keepsOut(Predicate<Object> unless, Object answer) {
        try {
            return unless.test(answer);
        } catch (RuntimeException ex) {
            return true;
        }
    }

    private static @Nullable RejectionReason rejectionOf(AnswerState state) {
        return switch (state) {
            case COMPLETE -> null;
            case EMPTY -> RejectionReason.EMPTY;
            case TRUNCATED -> RejectionReason.TRUNCATED;
            case FILTERED -> RejectionReason.FILTERED;
            case TOOL_CALL -> RejectionReason.TOOL_CALL;
            case UNKNOWN -> RejectionReason.UNKNOWN_FINISH;
        };
    }
}
