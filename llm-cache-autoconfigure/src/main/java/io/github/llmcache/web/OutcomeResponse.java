package io.github.llmcache.web;

import io.github.llmcache.event.PromptCacheEvent;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;

/**
 * A response that tells in a header how the cache answered the last call so far.
 *
 * <p>Calls may end on any thread, but a response may be changed only by the thread that handles it: a call that ends on that
 * thread is told at once, any other one when the body is begun.
 */
final class OutcomeResponse extends HttpServletResponseWrapper {

    static final String HEADER = "X-LLM-Cache";

    private volatile @Nullable Thread handler = Thread.currentThread();
    private volatile @Nullable String outcome;

    OutcomeResponse(HttpServletResponse response) {
        super(response);
    }

    void ended(PromptCacheEvent call) {
        outcome = call.tier() == null ? call.outcome().name() : call.outcome() + "; tier=" + call.tier();
        if (Thread.currentThread() == handler) {
            tell();
        }
    }

    /** This thread goes on to other requests. */
    void handled(boolean whole) {
        handler = null;
        if (whole) {
            tell();
        }
    }

    @Override
    public ServletOutputStream getOutputStream() throws IOException {
        tell();
        return super.getOutputStream();
    }

    @Override
    public PrintWriter getWriter() throws IOException {
        tell();
        return super.getWriter();
    }

    @Override
    public void flushBuffer() throws IOException {
        tell();
        super.flushBuffer();
    }

    @Override
    public void sendError(int status) throws IOException {
        tell();
        super.sendError(status);
    }

    @Override
    public void sendError(int status, String message) throws IOException {
        tell();
        super.sendError(status, message);
    }

    private void tell() {
        String told = outcome;
        if (told != null && !isCommitted()) {
            setHeader(HEADER, told);
        }
    }
}
