package io.github.llmcache.tier;

/**
 * Tells whether a tier is asked, or left alone for a while because it failed too often.
 *
 * <p>Thread-safe. Never blocks and never throws.
 */
@FunctionalInterface
public interface Circuit {

    /** The state at this moment. */
    CircuitState state();
}
