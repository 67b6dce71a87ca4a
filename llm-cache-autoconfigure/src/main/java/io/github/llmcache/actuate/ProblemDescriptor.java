package io.github.llmcache.actuate;

import io.github.llmcache.tier.TierException;
import java.util.Locale;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * Why a request was not answered.
 *
 * @param message what is wrong and what to do; repeats nothing of the request
 */
public record ProblemDescriptor(String message) implements OperationResponseBody {

    static ProblemDescriptor of(TierException failure) {
        return new ProblemDescriptor(
                "Redis did not do what was asked: " + failure.kind().name().toLowerCase(Locale.ROOT));
    }
}
