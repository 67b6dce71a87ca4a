package io.github.llmcache.langchain4j;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.rag.content.Content;
import java.util.List;

/** The final response of an AI service that streamed, with how it came about; the caller gets the original. */
final class ServiceResponse extends ChatResponse {

    private final ChatResponse original;
    private final boolean toolsRan;
    private final List<Content> sources;

    ServiceResponse(ChatResponse original, boolean toolsRan, List<Content> sources) {
        super(new ChatResponse.Builder(original));
        this.original = original;
        this.toolsRan = toolsRan;
        this.sources = List.copyOf(sources);
    }

    /** What is known of an answer that anybody gives, such as one that is put into the cache by hand. */
    static ServiceResponse of(Object answer) {
        if (answer instanceof ServiceResponse response) {
            return response;
        }
        if (answer instanceof CachedChatResponse cached) {
            return new ServiceResponse(cached.toBuilder().build(), false, cached.sources());
        }
        return new ServiceResponse((ChatResponse) answer, false, List.of());
    }

    ChatResponse original() {
        return original;
    }

    boolean toolsRan() {
        return toolsRan;
    }

    List<Content> sources() {
        return sources;
    }
}
