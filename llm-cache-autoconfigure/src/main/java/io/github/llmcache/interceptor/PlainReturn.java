package io.github.llmcache.interceptor;

import io.github.llmcache.engine.PromptCall;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/** Methods that return the answer itself: the caller waits for it. */
final class PlainReturn implements ReturnStyle {

    @Override
    public Type answerOf(Type returned) {
        return returned;
    }

    @Override
    public @Nullable Object answer(CachedInvocation invocation) throws Throwable {
        PromptCall call = invocation.call();
        return call != null
                ? invocation.cache().call(call, invocation::proceed)
                : invocation.cache().bypass(invocation.bypass(), invocation::proceed);
    }
}
