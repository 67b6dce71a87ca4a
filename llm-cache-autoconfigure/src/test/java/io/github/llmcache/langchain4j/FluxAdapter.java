package io.github.llmcache.langchain4j;

import dev.langchain4j.service.TokenStream;
import dev.langchain4j.spi.services.TokenStreamAdapter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import reactor.core.publisher.Flux;

/** Lets AI services return {@code Flux<String>}, as LangChain4j's module for Reactor does. */
public final class FluxAdapter implements TokenStreamAdapter {

    @Override
    public boolean canAdaptTokenStreamTo(Type type) {
        return type instanceof ParameterizedType parameterized
                && parameterized.getRawType() == Flux.class
                && parameterized.getActualTypeArguments()[0] == String.class;
    }

    @Override
    public Object adapt(TokenStream tokenStream) {
        return Flux.<String>create(sink -> tokenStream
                .onPartialResponse(sink::next)
                .onCompleteResponse(response -> sink.complete())
                .onError(sink::error)
                .start());
    }
}
