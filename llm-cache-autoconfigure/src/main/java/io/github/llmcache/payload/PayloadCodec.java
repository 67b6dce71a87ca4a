package io.github.llmcache.payload;

import org.jspecify.annotations.Nullable;

/**
 * Turns the answers of one type into JSON and back.
 *
 * <p>Implementations are thread-safe. Decoding makes a new object each time, so no two callers share one.
 */
public interface PayloadCodec {

    /**
     * Writes an answer.
     *
     * @param answer the answer, not null
     * @return its JSON
     * @throws PayloadException if the answer can't be written so that it reads back as it is
     */
    Payload encode(Object answer);

    /**
     * Reads an answer.
     *
     * @param payload JSON that {@link #encode} of this codec, in this or an earlier release, wrote
     * @return the answer
     * @throws PayloadException if the payload is not of this type
     */
    Object decode(Payload payload);

    /**
     * Tells whether an answer is whole.
     *
     * @param answer the answer, not null
     * @return its state
     */
    AnswerState stateOf(Object answer);

    /**
     * Tells whether one answer may be given to several callers, because nobody can change it.
     *
     * @param answer an answer that this codec read
     * @return false where it is not known
     */
    default boolean isShareable(Object answer) {
        return answer instanceof String;
    }

    /**
     * Tells how many tokens an answer took, where the answer carries them.
     *
     * @param answer the answer, not null
     * @return the count, or null where it is unknown
     */
    default @Nullable TokenCount tokensOf(Object answer) {
        return null;
    }
}
