package io.github.llmcache.interceptor;

import io.github.llmcache.engine.PromptBypass;
import io.github.llmcache.engine.PromptCache;
import io.github.llmcache.engine.PromptCall;
import io.github.llmcache.engine.PromptDirectives;
import io.github.llmcache.interceptor.CachedPromptOperation.Preparation;
import java.util.Objects;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ProxyMethodInvocation;

/**
 * One call of a cached method: what is asked of the cache, or why the cache is passed by, and the way to the method.
 *
 * <p>Immutable and thread-safe, as far as the method and its arguments are.
 */
public final class CachedInvocation {

    private final PromptCache cache;
    private final CachedPromptOperation operation;
    private final Preparation preparation;
    private final PromptDirectives directives;
    private final @Nullable String subject;
    private final MethodInvocation invocation;

    CachedInvocation(
            PromptCache cache,
            CachedPromptOperation operation,
            Preparation preparation,
            PromptDirectives directives,
            @Nullable String subject,
            MethodInvocation invocation) {
        this.cache = cache;
        this.operation = operation;
        this.preparation = preparation;
        this.directives = directives;
        this.subject = subject;
        this.invocation = invocation;
    }

    /** The cache that answers the call. */
    public PromptCache cache() {
        return cache;
    }

    /** What is asked of the cache, or null if it is passed by. */
    public @Nullable PromptCall call() {
        return preparation.call();
    }

    /**
     * Tells what of the cache is passed by, and why.
     *
     * @return the bypass
     * @throws NullPointerException if there is a {@link #call}
     */
    public PromptBypass bypass() {
        return new PromptBypass(
                operation.policy().cache(),
                operation.policy().model(),
                Objects.requireNonNull(preparation.bypass()),
                directives,
                operation.codec()::tokensOf,
                subject);
    }

    /**
     * Calls the method; may be done more than once, later, and on any thread.
     *
     * @return what the method returns
     * @throws Throwable what the method throws
     */
    public @Nullable Object proceed() throws Throwable {
        // An invocation counts the advice that it has passed, so each call needs one of its own.
        return invocation instanceof ProxyMethodInvocation proxied
                ? proxied.invocableClone().proceed()
                : invocation.proceed();
    }
}
