package io.github.llmcache.langchain4j;

import org.jspecify.annotations.Nullable;

/**
 * Tells whose answers the calls of decorated models are, such as a tenant's.
 *
 * <p>A bean of this type gives all of them a scope: it is part of the key, and what is asked in one scope is never answered
 * from another. Asked on the thread of each call, so it is quick. Thread-safe; where it throws, the cache is passed by.
 */
@FunctionalInterface
public interface ModelScope {

    /** The scope of a call that begins now on this thread; null or blank passes the cache by. */
    @Nullable
    String current();
}
