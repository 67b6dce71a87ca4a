package io.github.llmcache.langchain4j;

import dev.langchain4j.model.chat.response.ChatResponse;

/**
 * The response of a decorated model that did not come from the model: {@code response instanceof CachedChatResponse}.
 *
 * <p>Its message, id, model name, finish reason and token usage are those of the response that the model gave when it was
 * asked; its tokens were paid for then. Metadata and token usage of a provider's own class come back as {@code
 * ChatResponseMetadata} and {@code TokenUsage}. Immutable and thread-safe, as far as the message is.
 */
public final class CachedChatResponse extends ChatResponse {

    CachedChatResponse(ChatResponse response) {
        super(new ChatResponse.Builder(response));
    }
}
