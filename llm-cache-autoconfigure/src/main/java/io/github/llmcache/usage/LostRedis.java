package io.github.llmcache.usage;

/** What becomes of calls while Redis does not tell what is used. */
public enum LostRedis {
    /** Each JVM holds the limits by what it saw in Redis last and what it has counted since. */
    LOCAL_SHARE,
    /** Limits do not count. */
    ALLOW,
    /** The model is not asked. */
    REFUSE
}
