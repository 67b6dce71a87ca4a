package io.github.llmcache.sample;

/** The model stopped before its answer was whole. */
public class HalfAnswerException extends RuntimeException {

    /** Creates the exception. */
    public HalfAnswerException() {
        super("The model stopped before its answer was whole");
    }
}
