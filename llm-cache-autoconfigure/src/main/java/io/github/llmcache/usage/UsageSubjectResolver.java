package io.github.llmcache.usage;

import org.jspecify.annotations.Nullable;

/**
 * Tells whose usage a call of a model is, such as a user's or a tenant's.
 *
 * <p>Asked on the caller's thread when a call begins, hits included, so it is quick. Thread-safe; what it throws counts as
 * null.
 */
@FunctionalInterface
public interface UsageSubjectResolver {

    /** Whose usage a call of this thread is; null or blank where nobody is known, which is counted for all of them together. */
    @Nullable
    String current();
}
