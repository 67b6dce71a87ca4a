package io.github.llmcache.engine;

/** What a cache does at the moment. */
public enum CacheMode {
    /** Answers are looked up and stored. */
    ON,
    /** Answers are looked up; none is stored. */
    READ_ONLY,
    /** The model is always asked, and its answer is always stored. */
    REFRESH,
    /** Nothing is looked up or stored. */
    OFF
}
