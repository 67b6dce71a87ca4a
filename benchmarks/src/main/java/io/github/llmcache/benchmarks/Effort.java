package io.github.llmcache.benchmarks;

/**
 * How much is measured.
 *
 * @param forks how many JVMs of JMH there are for each benchmark
 * @param iterations how many iterations, of a second each, warm a JVM up, and how many are measured
 * @param members how many JVMs a fleet has
 * @param callers how many callers each of them has
 * @param modelMillis how long the model of the fleet takes
 * @param warmUps how many rounds of the fleet come before those that count
 * @param rounds how many rounds of the fleet count
 * @param changes how often an answer is changed, in each of four ways
 * @param starts how often an application is started, in each of four ways
 * @param entries how many answers a large cache has; a small one has a thousandth
 * @param evictions how often a tag is evicted in each
 */
record Effort(
        int forks,
        int iterations,
        int members,
        int callers,
        int modelMillis,
        int warmUps,
        int rounds,
        int changes,
        int starts,
        int entries,
        int evictions) {

    /** For results. */
    static final Effort FULL = new Effort(5, 5, 4, 250, 1000, 60, 20, 100, 15, 1_000_000, 500);

    /** For those who work on the code. */
    static final Effort QUICK = new Effort(2, 2, 4, 250, 1000, 20, 5, 25, 5, 100_000, 100);

    /** To see that all of it works. */
    static final Effort TINY = new Effort(1, 1, 2, 5, 50, 0, 1, 1, 1, 10_000, 2);
}
