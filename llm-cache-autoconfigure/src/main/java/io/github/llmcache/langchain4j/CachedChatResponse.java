package io.github.llmcache.langchain4j;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.rag.content.Content;
import java.util.List;

/**
 * The response of a decorated model, or of a cached token stream, that did not come from the model: {@code response instanceof CachedChatResponse}.
 *
 * <p>Its message, id, model name, finish reason and token usage are those of the response that the model gave when it was
 * asked; its tokens were paid for then. Metadata and token usage of a provider's own class come back as {@code
 * ChatResponseMetadata} and {@code TokenUsage}. Immutable and thread-safe, as far as the message is.
 */
public final class CachedChatResponse extends ChatResponse {

    private final List<Content> sources;

    CachedChatResponse(ChatResponse response) {
        this(response, List.of());
    }

    /** Creates the response of an AI service, with what it was made from. */
    CachedChatResponse(ChatResponse response, List<Content> sources) {
        super(new ChatResponse.Builder(response));
        this.sources = sources;
    }

    List<Content> sources() {
        return sources;
    }
}
