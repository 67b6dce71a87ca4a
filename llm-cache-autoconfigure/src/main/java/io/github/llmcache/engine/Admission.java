package io.github.llmcache.engine;

import io.github.llmcache.event.RejectionReason;
import io.github.llmcache.model.ModelConfigRegistry;
import io.github.llmcache.payload.Payload;
import io.github.llmcache.payload.PayloadCodec;
import io.github.llmcache.tier.CacheEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Predicate;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Whether an answer may be stored: its entry, or why not. One that is only too large has both.
 *
 * @param entry the entry, which those who wait for the answer may share, or null if the answer is nobody else's
 * @param rejection why it may not be stored, or null if it may
 */
record Admission(@Nullable CacheEntry entry, @Nullable RejectionReason rejection) {

    private static final Log log = LogFactory.getLog(Admission.class);

    static Admission rejected(RejectionReason reason) {
        return new Admission(null, reason);
    }

    static Admission of(
            @Nullable Object answer, PromptCall call, AdmissionPolicy policy, ModelConfigRegistry models, Instant now) {
        if (answer == null) {
            return rejected(RejectionReason.NULL);
        }
        if (answer == PromptTurn.TOO_LARGE) {
            return rejected(RejectionReason.TOO_LARGE);
        }
        PayloadCodec codec = call.codec();
        try {
            RejectionReason unwanted = rejectionOf(
                    policy,
                    new AnswerCandidate(call.policy().cache(), call.policy().model(), codec.stateOf(answer), answer));
            if (unwanted != null) {
                return rejected(unwanted);
            }
            if (keepsOut(call.unless(), answer)) {
                return rejected(RejectionReason.UNLESS);
            }
            Payload payload = codec.encode(answer);
            CacheEntry entry = entry(call, answer, payload, models, now);
            if (entry == null) {
                return rejected(RejectionReason.TERMS);
            }
            return new Admission(
                    entry, payload.length() > call.policy().maxEntrySize() ? RejectionReason.TOO_LARGE : null);
        } catch (Throwable ex) {
            // Whatever a codec throws, the model has answered and its caller gets the answer. The class alone: a
            // message can quote the answer.
            log.debug("An answer of " + answer.getClass().getName() + " was not stored: "
                    + ex.getClass().getName());
            return rejected(RejectionReason.NOT_JSON);
        }
    }

    private static @Nullable CacheEntry entry(
            PromptCall call, Object answer, Payload payload, ModelConfigRegistry models, Instant now) {
        CachePolicy policy = call.policy();
        Duration ttl = policy.asRegistered(models).drawTtl();
        try {
            return new CacheEntry(
                    call.key().digest(),
                    payload,
                    now,
                    now.plus(ttl),
                    policy.model(),
                    policy.storePrompt() ? call.key().prompt() : null,
                    call.codec().tokensOf(answer),
                    call.terms().apply(answer),
                    call.key().parts());
        } catch (RuntimeException ex) {
            return null;
        }
    }

    private static boolean keepsOut(Predicate<Object> unless, Object answer) {
        try {
            return unless.test(answer);
        } catch (RuntimeException ex) {
            return true;
        }
    }

    private static @Nullable RejectionReason rejectionOf(AdmissionPolicy policy, AnswerCandidate candidate) {
        try {
            return policy.rejectionOf(candidate);
        } catch (RuntimeException | LinkageError ex) {
            log.debug("The admission policy " + policy.getClass().getName() + " failed: "
                    + ex.getClass().getName());
            return RejectionReason.POLICY;
        }
    }
}
