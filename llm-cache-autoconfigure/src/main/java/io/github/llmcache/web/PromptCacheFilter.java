package io.github.llmcache.web;

import io.github.llmcache.engine.PromptCallDirectives;
import io.github.llmcache.engine.PromptCallObserver;
import io.github.llmcache.engine.PromptDirectives;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.async.CallableProcessingInterceptor;
import org.springframework.web.context.request.async.WebAsyncUtils;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Gives the directives of a request's {@code Cache-Control} header to the cached calls that it leads to, and tells in the
 * response's header {@code X-LLM-Cache} how the cache answered the last of them.
 *
 * <p>Directives reach the calls that begin on the thread that handles the request, and in a {@code Callable} that a
 * controller returns. The header tells of calls that begin on the former, and that end before the body is begun.
 * Thread-safe.
 */
public final class PromptCacheFilter extends OncePerRequestFilter {

    private final PromptCallDirectives directives;
    private final PromptCallObserver observer;
    private final AllowedDirectives allowed;
    private final boolean outcomeHeader;

    /**
     * Creates the filter.
     *
     * @param directives where cached calls find what they are asked for
     * @param observer hears of cached calls
     * @param allowed which directives of a request count
     * @param outcomeHeader whether responses tell how the cache answered
     */
    public PromptCacheFilter(
            PromptCallDirectives directives,
            PromptCallObserver observer,
            AllowedDirectives allowed,
            boolean outcomeHeader) {
        this.directives = directives;
        this.observer = observer;
        this.allowed = allowed;
        this.outcomeHeader = outcomeHeader;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        try {
            if (outcomeHeader) {
                tellingOutcome(request, response, chain);
            } else {
                directing(request, response, chain);
            }
        } catch (ServletException | IOException | RuntimeException ex) {
            throw ex;
        } catch (Exception ex) {
            // Nothing of the chain throws another one.
            throw new ServletException(ex);
        }
    }

    private void tellingOutcome(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws Exception {
        OutcomeResponse telling = new OutcomeResponse(response);
        try {
            observer.observe(() -> directing(request, telling, chain), telling::ended);
        } finally {
            telling.handled(!request.isAsyncStarted());
        }
    }

    private boolean directing(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws Exception {
        PromptDirectives asked =
                allowed.of(CacheControl.read(Collections.list(request.getHeaders(HttpHeaders.CACHE_CONTROL))));
        if (asked.equals(PromptDirectives.NONE)) {
            chain.doFilter(request, response);
            return true;
        }
        WebAsyncUtils.getAsyncManager(request).registerCallableInterceptor(this, new CarryingDirectives(asked));
        return directives.call(asked, () -> {
            chain.doFilter(request, response);
            return true;
        });
    }

    /** Gives the directives to the thread that runs what a controller returned to be run. */
    private final class CarryingDirectives implements CallableProcessingInterceptor {

        private final PromptDirectives asked;

        CarryingDirectives(PromptDirectives asked) {
            this.asked = asked;
        }

        @Override
        public <T> void preProcess(NativeWebRequest request, Callable<T> task) {
            directives.set(asked);
        }

        @Override
        public <T> void postProcess(NativeWebRequest request, Callable<T> task, @Nullable Object result) {
            directives.set(null);
        }
    }
}
