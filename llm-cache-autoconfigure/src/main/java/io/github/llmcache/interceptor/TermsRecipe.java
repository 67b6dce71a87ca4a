package io.github.llmcache.interceptor;

import io.github.llmcache.key.ExplicitKeyDigest;
import io.github.llmcache.tier.EntryTerms;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How the answers of one method can be evicted.
 *
 * @param tags the templates of their tags
 * @param keys makes the digests of explicit keys
 */
record TermsRecipe(List<TagTemplate> tags, ExplicitKeyDigest keys) {

    TermsRecipe {
        tags = List.copyOf(tags);
    }

    /**
     * The terms of a call's answer.
     *
     * @param scope whose answer it is, or null
     * @param key what the explicit key yields, or null where there is none
     * @param arguments the arguments of the call
     */
    Function<Object, EntryTerms> of(@Nullable String scope, @Nullable Object key, @Nullable Object[] arguments) {
        if (key instanceof String) {
            // A hit does not need the digest, and a text does not change until the answer is there.
            return answer -> new EntryTerms(scope, keys.of(key), tagsOf(arguments, answer));
        }
        String digest = keys.of(key);
        return scope == null && digest == null && tags.isEmpty()
                ? answer -> EntryTerms.NONE
                : answer -> new EntryTerms(scope, digest, tagsOf(arguments, answer));
    }

    private List<String> tagsOf(@Nullable Object[] arguments, Object answer) {
        if (tags.isEmpty()) {
            return List.of();
        }
        Object result = PlainText.unwrap(answer);
        List<String> found = new ArrayList<>();
        for (TagTemplate template : tags) {
            template.tags(expression -> expression.evaluateWithResult(arguments, result), found::add);
        }
        return found;
    }
}
