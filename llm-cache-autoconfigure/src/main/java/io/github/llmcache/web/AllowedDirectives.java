package io.github.llmcache.web;

import io.github.llmcache.engine.PromptDirectives;

/**
 * Which directives of a request count.
 *
 * @param noCache whether {@code no-cache} does
 * @param noStore whether {@code no-store} does
 * @param onlyIfCached whether {@code only-if-cached} does
 * @param maxAge whether {@code max-age} does
 */
public record AllowedDirectives(boolean noCache, boolean noStore, boolean onlyIfCached, boolean maxAge) {

    /**
     * Leaves out what does not count.
     *
     * @param asked what the request asks for
     * @return what it gets
     */
    public PromptDirectives of(PromptDirectives asked) {
        return new PromptDirectives(
                noCache && asked.noCache(),
                noStore && asked.noStore(),
                onlyIfCached && asked.onlyIfCached(),
                maxAge ? asked.maxAge() : null);
    }
}
