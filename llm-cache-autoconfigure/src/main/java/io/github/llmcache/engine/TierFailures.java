package io.github.llmcache.engine;

import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.TierException;
import java.util.concurrent.CompletionException;

/** Tells what went wrong in a tier that broke its contract and threw. */
final class TierFailures {

    private TierFailures() {}

    static FailureKind kindOf(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof TierException exception ? exception.kind() : FailureKind.OTHER;
    }
}
