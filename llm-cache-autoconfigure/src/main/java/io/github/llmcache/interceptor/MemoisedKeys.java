package io.github.llmcache.interceptor;

import io.github.llmcache.key.ArgumentEncoding;
import io.github.llmcache.key.CanonicalKeyGenerator;
import io.github.llmcache.key.PromptKey;
import io.github.llmcache.key.PromptKeyGenerator;
import io.github.llmcache.key.PromptNormalizer;
import io.github.llmcache.key.UnicodePromptNormalizer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Remembers keys where it is certain that the same arguments give the same key.
 *
 * <p>It is not where a key generator, normalizer or encoder of the application's own has a part in it, which may look at
 * more than what it is given, nor where a key expression does. Thread-safe.
 */
final class MemoisedKeys {

    private final Predicate<Class<?>> builtIn;
    private final @Nullable KeyMemo memo;

    MemoisedKeys(
            PromptKeyGenerator keys, PromptNormalizer normalizer, ArgumentEncoding encoding, @Nullable KeyMemo memo) {
        this.builtIn = encoding::isBuiltIn;
        this.memo = keys.getClass() == CanonicalKeyGenerator.class
                        && ((CanonicalKeyGenerator) keys).encodesBy(encoding)
                        && normalizer.getClass() == UnicodePromptNormalizer.class
                ? memo
                : null;
    }

    /** Takes down what a call asks, or null where its key is not remembered. */
    @Nullable
    AskedAgain asked(
            KeyRecipe recipe,
            String bean,
            @Nullable String modelVersion,
            @Nullable String scope,
            int[] positions,
            @Nullable Object[] arguments) {
        if (memo == null || recipe.key() != null) {
            return null;
        }
        return AskedAgain.of(recipe, bean, modelVersion, scope, positions, arguments, builtIn);
    }

    /** The key, the very same instance each time, or null where it is not remembered. */
    @Nullable
    PromptKey find(@Nullable AskedAgain asked) {
        return memo == null || asked == null ? null : memo.find(asked);
    }

    void keep(@Nullable AskedAgain asked, PromptKey key) {
        if (memo != null && asked != null) {
            String prompt = key.prompt();
            memo.keep(asked, key, asked.characters() + (prompt == null ? 0 : prompt.length()));
        }
    }
}
