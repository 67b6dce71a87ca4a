package io.github.llmcache.sample;

import dev.langchain4j.service.MemoryId;
import dev.langchain4j.service.Result;
import dev.langchain4j.service.SystemMessage;
import dev.langchain4j.service.UserMessage;
import dev.langchain4j.service.V;
import io.github.llmcache.langchain4j.memory.ChatSession;

/** Answers what is said in a conversation, and remembers the conversation. */
public interface Conversations {

    /**
     * Goes on with a conversation.
     *
     * @param session which one it is
     * @param message what is said
     * @return the answer, from the model or from the cache
     */
    // An answer depends on all that was said before, which is in no method's key. So the model is cached, not the
    // method.
    @SystemMessage(Assistant.INSTRUCTIONS)
    @UserMessage("{{message}}")
    Result<String> say(@MemoryId ChatSession session, @V("message") String message);
}
