package io.github.llmcache.usage;

/**
 * How much may be used in one window.
 *
 * @param calls calls of a model, or {@link #NONE}
 * @param tokens tokens of prompts and answers together, or {@link #NONE}
 * @param nanos money in billionths, or {@link #NONE}
 */
public record UsageLimit(long calls, long tokens, long nanos) {

    /** No limit. */
    public static final long NONE = -1;

    /** No limit in any unit. */
    public static final UsageLimit UNLIMITED = new UsageLimit(NONE, NONE, NONE);

    /** Checks that each limit is one, or none. */
    public UsageLimit {
        if (calls < NONE || tokens < NONE || nanos < NONE) {
            throw new IllegalArgumentException("A limit is not negative");
        }
    }

    /**
     * Tells the limit of one unit.
     *
     * @param unit the unit
     * @return the limit, or {@link #NONE}
     */
    public long of(UsageUnit unit) {
        return switch (unit) {
            case CALLS -> calls;
            case TOKENS -> tokens;
            case MONEY -> nanos;
        };
    }
}
