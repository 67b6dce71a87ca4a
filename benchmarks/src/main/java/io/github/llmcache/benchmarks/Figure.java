package io.github.llmcache.benchmarks;

import org.jspecify.annotations.Nullable;

/**
 * One line of the results.
 *
 * @param what what was measured
 * @param goal what it is to be, or empty where it is there for comparison
 * @param result what came out
 * @param met whether the goal is met, or null where there is none
 */
record Figure(
        String what, String goal, String result, @Nullable Boolean met) {

    static Figure of(String what, String goal, String result, boolean met) {
        return new Figure(what, goal, result, met);
    }

    /** A figure to compare with. */
    static Figure beside(String what, String result) {
        return new Figure(what, "", result, null);
    }
}
