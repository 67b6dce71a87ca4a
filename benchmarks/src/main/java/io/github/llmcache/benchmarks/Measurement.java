package io.github.llmcache.benchmarks;

import java.util.List;

/** Measures something, and prints what it does meanwhile. */
@FunctionalInterface
interface Measurement {

    /**
     * Measures.
     *
     * @param effort how much
     * @return what came out
     */
    List<Figure> measure(Effort effort) throws Exception;
}
