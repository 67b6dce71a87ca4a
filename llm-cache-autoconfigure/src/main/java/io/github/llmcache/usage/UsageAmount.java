package io.github.llmcache.usage;

/**
 * What is used, in all units; parts may be negative where something is given back.
 *
 * @param calls calls of a model
 * @param tokens tokens of prompts and answers together
 * @param nanos money in billionths
 */
public record UsageAmount(long calls, long tokens, long nanos) {

    /** Nothing at all. */
    public static final UsageAmount NOTHING = new UsageAmount(0, 0, 0);

    /**
     * Tells the part of one unit.
     *
     * @param unit the unit
     * @return the part
     */
    public long of(UsageUnit unit) {
        return switch (unit) {
            case CALLS -> calls;
            case TOKENS -> tokens;
            case MONEY -> nanos;
        };
    }

    /**
     * Adds.
     *
     * @param other what is added
     * @return both together
     */
    public UsageAmount plus(UsageAmount other) {
        return new UsageAmount(calls + other.calls, tokens + other.tokens, nanos + other.nanos);
    }

    /**
     * Subtracts.
     *
     * @param other what is taken away
     * @return the difference
     */
    public UsageAmount minus(UsageAmount other) {
        return new UsageAmount(calls - other.calls, tokens - other.tokens, nanos - other.nanos);
    }

    /** The more of both in each unit. */
    UsageAmount most(UsageAmount other) {
        return new UsageAmount(
                Math.max(calls, other.calls), Math.max(tokens, other.tokens), Math.max(nanos, other.nanos));
    }

    /** The same where it is more than nothing, and nothing where it is less. */
    UsageAmount positive() {
        return new UsageAmount(Math.max(0, calls), Math.max(0, tokens), Math.max(0, nanos));
    }
}
