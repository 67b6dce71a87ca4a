package io.github.llmcache.operations;

/** Says that a line can't be stored; the message names no content. */
final class DamagedLineException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    DamagedLineException(String reason) {
        super(reason, null, false, false);
    }
}
