package io.github.llmcache.sample.redis;

/** The embedded Redis could not be started on this machine. */
class EmbeddedRedisUnavailableException extends RuntimeException {

    EmbeddedRedisUnavailableException(Throwable cause) {
        super("The embedded Redis could not be started", cause);
    }
}
