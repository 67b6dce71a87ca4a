package io.github.llmcache.usage;

import io.github.llmcache.tier.TierException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Keeps the counters of all JVMs.
 *
 * <p>Thread-safe. All of one exchange is done at once, so that no limit is passed by callers that come together. Answers, or
 * fails, within a bounded time.
 */
public interface UsageStore {

    /** The server, for people. */
    String server();

    /**
     * Adds to the counters of a subject and reads them.
     *
     * @param subject whose they are
     * @param claims what to do in each window, the shortest first
     * @return what the counters say then
     * @throws TierException if the store does not answer, or not in time
     */
    UsageReading exchange(String subject, List<WindowClaim> claims);

    /**
     * The same, without waiting.
     *
     * @param subject whose they are
     * @param claims what to do in each window, the shortest first
     * @return what the counters say then, or exceptionally why the store did not answer; completed on any thread
     */
    CompletableFuture<UsageReading> exchangeLater(String subject, List<WindowClaim> claims);
}
