package io.github.llmcache.engine;

import java.util.List;

/** Asks the model for several answers at once. */
@FunctionalInterface
public interface BatchLoad {

    /**
     * Asks the model.
     *
     * @param missing which of the calls are to be answered, by their places, ascending
     * @return the answers, as many and in the same order
     * @throws Throwable what the model throws
     */
    List<? extends Object> get(List<Integer> missing) throws Throwable;
}
