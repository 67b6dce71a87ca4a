package io.github.llmcache.engine;

/** How the answers of a cache lie in Redis. */
public enum CacheLayout {
    /** Each under a key of its own. The default, and the one layout that is kept in the memory of the JVM too. */
    STRING,
    /**
     * All answers of a model in one hash, a field each. The fields expire each for itself where the server can do that
     * (Redis 7.4, Valkey 9); elsewhere the hash expires as a whole, and old fields are taken away by later stores.
     */
    HASH
}
