package io.github.llmcache.tier;

/**
 * How many entries a cache has.
 *
 * @param entries how many were counted
 * @param complete false if the time ran out before the end, so that there are at least as many
 */
public record EntryCount(long entries, boolean complete) {}
