package io.github.llmcache.explain;

import org.jspecify.annotations.Nullable;

/**
 * A component in which a request and the request of an entry differ.
 *
 * @param component the component
 * @param request its value in the request, or null where it has none or it is too long to be told
 * @param entry its value in the entry, or null where it has none or the entry does not tell it
 */
public record Difference(
        RequestComponent component,
        @Nullable String request,
        @Nullable String entry) {

    /** Names the component, and its values only where they are settings. */
    @Override
    public String toString() {
        return component.isSetting() ? component + "[" + request + " / " + entry + "]" : component.toString();
    }
}
