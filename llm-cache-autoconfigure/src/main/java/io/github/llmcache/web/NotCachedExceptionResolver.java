package io.github.llmcache.web;

import io.github.llmcache.engine.PromptNotCachedException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;

/**
 * Answers 504 where a request wanted a cached answer only and there is none (RFC 9111, section 5.2.1.7), with problem details
 * that repeat nothing of the request.
 *
 * <p>Comes before the application's own handlers of exceptions, so that one for all exceptions makes no 500 of it.
 */
public final class NotCachedExceptionResolver implements HandlerExceptionResolver, Ordered {

    private static final Log log = LogFactory.getLog(NotCachedExceptionResolver.class);

    private static final byte[] PROBLEM = ("{\"title\":\"Gateway Timeout\",\"status\":504,"
                    + "\"detail\":\"The cache has no answer, and the request asked for a cached one only.\"}")
            .getBytes(StandardCharsets.UTF_8);

    /** Creates the resolver. */
    public NotCachedExceptionResolver() {}

    /** Before the resolvers of Spring MVC, which stand at 0. */
    @Override
    public int getOrder() {
        return -1;
    }

    @Override
    public @Nullable ModelAndView resolveException(
            HttpServletRequest request, HttpServletResponse response, @Nullable Object handler, Exception ex) {
        if (!(ex instanceof PromptNotCachedException) || response.isCommitted()) {
            return null;
        }
        try {
            response.resetBuffer();
            response.setStatus(HttpServletResponse.SC_GATEWAY_TIMEOUT);
            response.setContentType("application/problem+json");
            response.setContentLength(PROBLEM.length);
            response.getOutputStream().write(PROBLEM);
        } catch (IOException | IllegalStateException failure) {
            log.debug("The client was not told that there is no cached answer", failure);
        }
        return new ModelAndView();
    }
}
