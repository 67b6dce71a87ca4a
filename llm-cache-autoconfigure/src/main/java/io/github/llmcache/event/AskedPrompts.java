package io.github.llmcache.event;

/**
 * How many prompts a cache was asked in a window of time, and how many different ones.
 *
 * @param asked the calls that had a key, whatever became of them
 * @param distinct the different requests among them, at most as many; an estimate with a standard error of 0.81 %
 */
public record AskedPrompts(long asked, long distinct) {

    /** Holds the estimate to what it can be at most. */
    public AskedPrompts {
        distinct = Math.min(asked, distinct);
    }

    /**
     * The calls whose request had been asked before in the window: as many as could have been hits if no answer ever expired,
     * was evicted or was not kept.
     */
    public long repeated() {
        return asked - distinct;
    }

    /** The repeats as a share of all calls, from 0 to 1; 0 where nothing was asked. */
    public double repeatRatio() {
        return asked == 0 ? 0 : (double) repeated() / asked;
    }
}
