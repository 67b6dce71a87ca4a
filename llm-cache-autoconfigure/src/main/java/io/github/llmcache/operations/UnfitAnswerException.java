package io.github.llmcache.operations;

/** Says that an answer is larger than its cache takes; the message names no content. */
final class UnfitAnswerException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    private UnfitAnswerException(String message) {
        super(message);
    }

    /** Refuses an answer that is too large, by bytes of JSON. */
    static void check(int length, long most) {
        if (length > most) {
            throw new UnfitAnswerException(
                    "The answer has " + length + " bytes as JSON, more than max-entry-size allows: " + most);
        }
    }
}
