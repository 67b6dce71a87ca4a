package io.github.llmcache.sample.web;

/** The model gave no answer. */
class ModelFailedException extends RuntimeException {

    ModelFailedException(Exception cause) {
        super("The model gave no answer", cause);
    }
}
