package io.github.llmcache.operations;

import java.util.List;

/**
 * What became of the lines that a cache was warmed with; blank lines do not count.
 *
 * @param stored how many were stored
 * @param skipped how many were not, because they have expired, the cache has what is not older, or its
 *     mode lets nothing be stored
 * @param failed how many could not be stored
 * @param complete false if a tier failed so often that the rest was not tried
 * @param problems why the first ones failed, at most {@value #MOST_PROBLEMS}
 */
public record WarmReport(long stored, long skipped, long failed, boolean complete, List<Problem> problems) {

    /** How many problems a report tells at most. */
    public static final int MOST_PROBLEMS = 20;

    /** Copies the list. */
    public WarmReport {
        problems = List.copyOf(problems);
    }

    /**
     * Why a line failed.
     *
     * @param line the line's number, from 1 on
     * @param reason what is wrong with it, without its content
     */
    public record Problem(long line, String reason) {}
}
