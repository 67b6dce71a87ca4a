package io.github.llmcache.langchain4j.memory;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The latest messages of a conversation, by the rules of LangChain4j's {@code MessageWindowChatMemory}.
 *
 * @param maxMessages how many there are at most
 * @param systemMessageFirst whether a new system message goes to the beginning instead of the end
 */
record MessageWindow(int maxMessages, boolean systemMessageFirst) {

    /** The messages with more of them at the end; the very same list if nothing is to change. */
    List<ChatMessage> append(List<ChatMessage> before, List<ChatMessage> more) {
        List<ChatMessage> messages = of(before);
        boolean changed = false;
        for (ChatMessage message : more) {
            changed |= append(messages, message);
        }
        return changed ? messages : before;
    }

    /** The messages that fit in, in a list of their own. */
    List<ChatMessage> of(List<ChatMessage> all) {
        List<ChatMessage> messages = new ArrayList<>(all);
        shorten(messages);
        return messages;
    }

    private boolean append(List<ChatMessage> messages, ChatMessage message) {
        boolean first = false;
        if (message instanceof SystemMessage) {
            Optional<SystemMessage> known = SystemMessage.findFirst(messages);
            if (known.isPresent() && known.get().equals(message)) {
                return false;
            }
            known.ifPresent(messages::remove);
            first = systemMessageFirst;
        }
        messages.add(first ? 0 : messages.size(), message);
        shorten(messages);
        return true;
    }

    private void shorten(List<ChatMessage> messages) {
        while (messages.size() > maxMessages) {
            int oldest = messages.get(0) instanceof SystemMessage ? 1 : 0;
            ChatMessage gone = messages.remove(oldest);
            if (gone instanceof AiMessage ai && ai.hasToolExecutionRequests()) {
                // Some models refuse results of tools that they did not ask for.
                while (messages.size() > oldest && messages.get(oldest) instanceof ToolExecutionResultMessage) {
                    messages.remove(oldest);
                }
            }
        }
    }
}
