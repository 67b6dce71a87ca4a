package io.github.llmcache.langchain4j;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.service.TokenStream;
import io.github.llmcache.engine.ObservedCall;
import io.github.llmcache.engine.PromptCall;
import io.github.llmcache.engine.PromptCallObserver;
import io.github.llmcache.interceptor.CachedInvocation;
import io.github.llmcache.interceptor.ReturnStyle;
import io.github.llmcache.payload.PayloadCodec;
import io.github.llmcache.payload.PayloadCodecs;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * Methods that return a {@link TokenStream}: the answer is its final {@link ChatResponse}, and each {@code start()} is a call
 * of its own.
 *
 * <p>What is asked is read when the method is called. The cache is asked when the stream is started, and the method itself
 * is called only then, and only on a miss, perhaps on another thread; what it throws is told to the stream's error handler.
 * A stream that is never started asks nobody and holds nothing. On a hit the answer is replayed word by word, what the model
 * thought and the sources that were retrieved before it; the response is a {@link CachedChatResponse}. An answer during
 * which tools ran is not stored, nor is one of which the model does not say why it ended. After an error of the model nothing more
 * is told. Thread-safe.
 */
public final class TokenStreamReturn implements ReturnStyle {

    private final PromptCallObserver observer;

    /**
     * Creates the style.
     *
     * @param observer tells callers the outcome of their calls
     */
    public TokenStreamReturn(PromptCallObserver observer) {
        this.observer = observer;
    }

    @Override
    public @Nullable Type answerOf(Type returned) {
        return returned == TokenStream.class ? ChatResponse.class : null;
    }

    @Override
    public PayloadCodec codecOf(Type answer, PayloadCodecs codecs) {
        return ServiceResponseCodec.INSTANCE;
    }

    @Override
    public Object answer(CachedInvocation invocation) {
        ObservedCall<?> observed = observer.current();
        return new CachedTokenStream(receivers -> {
            ObservedCall<?> current = observer.current();
            observer.set(observed == null ? current : observed);
            try {
                start(invocation, receivers);
            } finally {
                observer.set(current);
            }
        });
    }

    private static void start(CachedInvocation invocation, StreamReceivers receivers) {
        ToldReceivers told = new ToldReceivers(receivers);
        StreamedCall streamed = new StreamedCall(
                invocation.cache(),
                told,
                new AskedService(invocation, receivers, told),
                AskedService.unattended(invocation));
        PromptCall call = invocation.call();
        if (call == null) {
            streamed.pass(invocation.bypass());
        } else {
            streamed.open(call);
        }
    }

    @Override
    public Object captured() {
        return new CachedTokenStream(null);
    }
}
