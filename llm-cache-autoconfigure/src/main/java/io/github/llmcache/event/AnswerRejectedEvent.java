package io.github.llmcache.event;

/**
 * An answer was returned to its caller but not stored.
 *
 * @param cache the cache
 * @param reason why
 */
public record AnswerRejectedEvent(String cache, RejectionReason reason) {}
