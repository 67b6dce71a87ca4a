package io.github.llmcache.interceptor;

import io.github.llmcache.engine.Load;
import io.github.llmcache.engine.PromptCall;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Methods that return a stage, which completes with the answer. */
final class StageReturn implements ReturnStyle {

    @Override
    public @Nullable Type answerOf(Type returned) {
        if (returned instanceof ParameterizedType parameterized) {
            return isStage(parameterized.getRawType()) ? parameterized.getActualTypeArguments()[0] : null;
        }
        return isStage(returned) ? Object.class : null;
    }

    private static boolean isStage(Type raw) {
        return raw == CompletableFuture.class || raw == CompletionStage.class;
    }

    @Override
    public @Nullable Object answer(CachedInvocation invocation) throws Throwable {
        Load<CompletionStage<?>> load = () -> (CompletionStage<?>) invocation.proceed();
        PromptCall call = invocation.call();
        return call != null
                ? invocation.cache().callAsync(call, load)
                : invocation.cache().bypassAsync(invocation.bypass(), load);
    }

    @Override
    public Object captured() {
        return CompletableFuture.completedFuture(null);
    }
}
