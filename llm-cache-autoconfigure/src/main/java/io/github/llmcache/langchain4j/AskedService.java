package io.github.llmcache.langchain4j;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.rag.content.Content;
import dev.langchain4j.service.TokenStream;
import io.github.llmcache.interceptor.CachedInvocation;
import java.util.List;

/**
 * Calls a method that returns a token stream, starts the stream, and has all of it told: the answer to a handler, what is
 * around it (sources, tools) to the receivers. Whatever goes wrong, the handler hears of it.
 */
final class AskedService implements StreamedCall.Asking {

    private final CachedInvocation invocation;
    private final StreamReceivers wanted;
    private final ToldReceivers receivers;

    /**
     * Creates one way to ask.
     *
     * @param invocation the call of the method
     * @param wanted what the caller gave to be told
     * @param receivers tells it
     */
    AskedService(CachedInvocation invocation, StreamReceivers wanted, ToldReceivers receivers) {
        this.invocation = invocation;
        this.wanted = wanted;
        this.receivers = receivers;
    }

    /** Asks for an answer that no caller waits for. */
    static AskedService unattended(CachedInvocation invocation) {
        StreamReceivers nobody = new StreamReceivers();
        return new AskedService(invocation, nobody, new ToldReceivers(nobody));
    }

    @Override
    public void ask(StreamingChatResponseHandler handler) {
        try {
            if (!(invocation.proceed() instanceof TokenStream stream)) {
                throw new IllegalStateException("The method returned no TokenStream");
            }
            new Passage(handler).through(stream);
            stream.start();
        } catch (VirtualMachineError ex) {
            throw ex;
        } catch (Throwable failure) {
            Told.error(handler, failure);
        }
    }

    /** The way of one stream from the service to its receivers. */
    private final class Passage {

        private final StreamingChatResponseHandler handler;
        private volatile boolean toolsRan;
        private volatile List<Content> sources = List.of();

        private Passage(StreamingChatResponseHandler handler) {
            this.handler = handler;
        }

        private void through(TokenStream stream) {
            either(
                    () -> stream.onPartialResponseWithContext(handler::onPartialResponse),
                    () -> stream.onPartialResponse(handler::onPartialResponse),
                    true);
            either(
                    () -> stream.onPartialThinkingWithContext(handler::onPartialThinking),
                    () -> stream.onPartialThinking(handler::onPartialThinking),
                    wanted.thinking != null || wanted.thinkingWithContext != null);
            either(
                    () -> stream.onPartialToolCallWithContext(handler::onPartialToolCall),
                    () -> stream.onPartialToolCall(handler::onPartialToolCall),
                    wanted.toolCall != null || wanted.toolCallWithContext != null);
            optional(() -> stream.onUnmappedRawEvent(handler::onUnmappedRawEvent), wanted.rawEvent != null);
            stream.onRetrieved(retrieved -> {
                sources = retrieved == null ? List.of() : retrieved;
                aside(() -> receivers.onRetrieved(retrieved));
            });
            optional(
                    () -> stream.onIntermediateResponse(response -> {
                        toolsRan = true;
                        aside(() -> receivers.onIntermediateResponse(response));
                    }),
                    wanted.intermediate != null);
            optional(
                    () -> stream.beforeToolExecution(execution -> {
                        toolsRan = true;
                        aside(() -> receivers.beforeToolExecution(execution));
                    }),
                    wanted.beforeTool != null);
            stream.onToolExecuted(execution -> {
                toolsRan = true;
                aside(() -> receivers.onToolExecuted(execution));
            });
            stream.onCompleteResponse(this::complete);
            stream.onError(handler::onError);
        }

        private void complete(ChatResponse response) {
            handler.onCompleteResponse(new ServiceResponse(response, toolsRan, sources));
        }

        private void aside(Runnable telling) {
            if (handler instanceof RecordingHandler recording) {
                recording.tellAside(telling);
            } else {
                telling.run();
            }
        }
    }

    /** Streams of others than LangChain4j need not know contexts. */
    private static void either(Runnable withContext, Runnable without, boolean wanted) {
        try {
            withContext.run();
        } catch (UnsupportedOperationException ex) {
            optional(without, wanted);
        }
    }

    private static void optional(Runnable registration, boolean wanted) {
        try {
            registration.run();
        } catch (UnsupportedOperationException ex) {
            if (wanted) {
                throw ex;
            }
        }
    }
}
