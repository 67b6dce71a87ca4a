package io.github.llmcache.sample.web;

/** A question that can't be asked; its message says why, to the one who asked. */
class BadQuestionException extends RuntimeException {

    BadQuestionException(String message) {
        super(message);
    }
}
