package io.github.llmcache.context;

import io.github.llmcache.engine.LoadContext;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/** Carries the diagnostic context of SLF4J, such as the number of a request, so that log lines can be told apart. */
public final class MdcLoadContext implements LoadContext {

    /** Creates the context. */
    public MdcLoadContext() {}

    @Override
    public Runnable capture(Runnable task) {
        Map<String, String> captured = MDC.getCopyOfContextMap();
        return () -> {
            Map<String, String> own = MDC.getCopyOfContextMap();
            set(captured);
            try {
                task.run();
            } finally {
                set(own);
            }
        };
    }

    private static void set(@Nullable Map<String, String> context) {
        if (context == null || context.isEmpty()) {
            MDC.clear();
        } else {
            MDC.setContextMap(context);
        }
    }
}
