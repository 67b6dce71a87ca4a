package io.github.llmcache.langchain4j;

import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/** What handlers are told, in the way of LangChain4j's own models: one that throws hears of it as of an error, once. */
final class Told {

    private static final Log log = LogFactory.getLog(Told.class);

    private Told() {}

    /** Tells a handler something. */
    static void safely(StreamingChatResponseHandler handler, Runnable telling) {
        try {
            telling.run();
        } catch (Exception ex) {
            error(handler, ex);
        }
    }

    /** Tells a handler of an error; what it throws then is of no use to anybody. */
    static void error(StreamingChatResponseHandler handler, Throwable failure) {
        try {
            handler.onError(failure);
        } catch (Exception ex) {
            log.debug(
                    "A handler of a stream failed at an error: " + ex.getClass().getName());
        }
    }
}
