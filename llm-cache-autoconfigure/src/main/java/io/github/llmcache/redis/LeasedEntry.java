package io.github.llmcache.redis;

/**
 * The entry that a lease is for.
 *
 * @param cache the cache
 * @param place where the entry lives in Redis
 * @param generation the number of the cache's last eviction before the lease was given
 */
record LeasedEntry(String cache, EntryPlace place, long generation) {}
