package io.github.llmcache.sample.redis;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.NestedExceptionUtils;

/** Says what to do on a machine for which no Redis is embedded. */
class EmbeddedRedisFailureAnalyzer extends AbstractFailureAnalyzer<EmbeddedRedisUnavailableException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, EmbeddedRedisUnavailableException cause) {
        String description = "The embedded Redis could not be started on %s (%s): %s"
                .formatted(
                        System.getProperty("os.name"),
                        System.getProperty("os.arch"),
                        NestedExceptionUtils.getMostSpecificCause(cause).getMessage());
        String action = "Start a Redis server of your own and say where it is: set the environment variables"
                + " SPRING_DATA_REDIS_HOST and, if it is not 6379, SPRING_DATA_REDIS_PORT. The sample embeds Redis for"
                + " Linux and macOS on x86-64 and arm64.";
        return new FailureAnalysis(description, action, cause);
    }
}
