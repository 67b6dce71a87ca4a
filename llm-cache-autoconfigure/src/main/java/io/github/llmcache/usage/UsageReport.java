package io.github.llmcache.usage;

import java.util.List;

/** Tells what is used. Thread-safe. */
@FunctionalInterface
public interface UsageReport {

    /**
     * Tells what a subject has used, in all windows and units that are counted.
     *
     * @param subject whose usage
     * @return a line for each window and unit, the shortest window first
     * @throws UsageUnavailableException if Redis does not tell it
     */
    List<UsageStatus> of(String subject);
}
