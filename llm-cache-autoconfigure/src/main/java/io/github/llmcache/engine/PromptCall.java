package io.github.llmcache.engine;

import io.github.llmcache.key.PromptKey;
import io.github.llmcache.payload.PayloadCodec;
import java.util.function.Predicate;

/**
 * A call that may be answered from the cache.
 *
 * @param key the key of what is asked
 * @param policy where and how long the answer is kept
 * @param codec how the answer becomes JSON and back
 * @param unless asked with the method's answer; true keeps it out of the cache
 */
public record PromptCall(PromptKey key, CachePolicy policy, PayloadCodec codec, Predicate<Object> unless) {}
