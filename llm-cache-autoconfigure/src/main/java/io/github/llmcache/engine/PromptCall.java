package io.github.llmcache.engine;

import io.github.llmcache.key.PromptKey;
import io.github.llmcache.payload.PayloadCodec;
import io.github.llmcache.tier.EntryTerms;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A call that may be answered from the cache.
 *
 * @param key the key of what is asked
 * @param policy where and how long the answer is kept
 * @param codec how the answer becomes JSON and back
 * @param unless asked with the method's answer; true keeps it out of the cache
 * @param scope whose answer it is, or null
 * @param terms tells for the method's answer what its entry can be evicted by; what it throws keeps the answer out
 * @param directives what the call asks for
 * @param subject whose usage the call is, or null for whom {@link CallSubject} tells when the call begins
 */
public record PromptCall(
        PromptKey key,
        CachePolicy policy,
        PayloadCodec codec,
        Predicate<Object> unless,
        @Nullable String scope,
        Function<Object, EntryTerms> terms,
        PromptDirectives directives,
        @Nullable String subject) {

    private static final Function<Object, EntryTerms> NO_TERMS = answer -> EntryTerms.NONE;

    /** Lets the key tell the model of the policy, whoever made it, so that an answer is found where it was stored. */
    public PromptCall {
        key = key.ofModel(policy.model());
    }

    /**
     * Creates a call without a scope, terms and directives.
     *
     * @param key the key of what is asked
     * @param policy where and how long the answer is kept
     * @param codec how the answer becomes JSON and back
     * @param unless asked with the method's answer; true keeps it out of the cache
     */
    public PromptCall(PromptKey key, CachePolicy policy, PayloadCodec codec, Predicate<Object> unless) {
        this(key, policy, codec, unless, null, NO_TERMS, PromptDirectives.NONE);
    }

    /**
     * Creates a call whose subject is told when it begins.
     *
     * @param key the key of what is asked
     * @param policy where and how long the answer is kept
     * @param codec how the answer becomes JSON and back
     * @param unless asked with the method's answer; true keeps it out of the cache
     * @param scope whose answer it is, or null
     * @param terms tells for the method's answer what its entry can be evicted by
     * @param directives what the call asks for
     */
    public PromptCall(
            PromptKey key,
            CachePolicy policy,
            PayloadCodec codec,
            Predicate<Object> unless,
            @Nullable String scope,
            Function<Object, EntryTerms> terms,
            PromptDirectives directives) {
        this(key, policy, codec, unless, scope, terms, directives, null);
    }

    /**
     * Asks for more.
     *
     * @param more what is asked for besides what the call asks for already
     * @return the same call with both
     */
    public PromptCall with(PromptDirectives more) {
        return new PromptCall(key, policy, codec, unless, scope, terms, directives.and(more), subject);
    }

    /**
     * Says whose usage the call is.
     *
     * @param subject whose, or null for whom {@link CallSubject} tells
     * @return the same call for that subject
     */
    public PromptCall by(@Nullable String subject) {
        return new PromptCall(key, policy, codec, unless, scope, terms, directives, subject);
    }
}
