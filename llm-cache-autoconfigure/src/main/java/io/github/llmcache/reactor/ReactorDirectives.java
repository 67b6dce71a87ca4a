package io.github.llmcache.reactor;

import io.github.llmcache.engine.PromptDirectives;
import java.util.function.UnaryOperator;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * Gives directives to cached calls by Reactor's context, where they stand under {@code PromptDirectives.class}.
 *
 * <pre>{@code
 * assistant.stream(question).contextWrite(ReactorDirectives.with(PromptDirectives.NO_CACHE));
 * }</pre>
 */
public final class ReactorDirectives {

    private ReactorDirectives() {}

    /**
     * Adds directives to a context, for {@code contextWrite}.
     *
     * @param directives what the cached calls upstream ask for, besides what a context further downstream asks for
     * @return writes them
     */
    public static UnaryOperator<Context> with(PromptDirectives directives) {
        return context -> context.put(PromptDirectives.class, of(context).and(directives));
    }

    /**
     * Reads the directives of a context.
     *
     * @param context the context of a subscription
     * @return its directives, none if it has none
     */
    public static PromptDirectives of(ContextView context) {
        return context.getOrDefault(PromptDirectives.class, null) instanceof PromptDirectives given
                ? given
                : PromptDirectives.NONE;
    }
}
