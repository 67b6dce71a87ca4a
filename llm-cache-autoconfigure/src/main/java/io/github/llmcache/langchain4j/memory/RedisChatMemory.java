package io.github.llmcache.langchain4j.memory;

import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.memory.ChatMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The memory of one conversation in Redis: a window of its latest messages, to which several threads and JVMs may add at a
 * time without losing one.
 *
 * <p>The window follows the rules of LangChain4j's {@code MessageWindowChatMemory}: the system message stays, a new one
 * takes the old one's place, and results of tools go together with the message that asked for them. What falls out of the
 * window is deleted from Redis with the next change. Nothing is kept in this object. Whatever can't be done throws a {@link
 * ChatMemoryException}; after one for {@link ChatMemoryException.Reason#UNAVAILABLE} a message may or may not have been
 * added. Thread-safe.
 */
public final class RedisChatMemory implements ChatMemory {

    private final RedisChatMemoryStore store;
    private final Object id;
    private final MessageWindow window;

    /**
     * Creates the memory of a conversation, in which a new system message goes to the end, as in LangChain4j.
     *
     * @param store where it is kept
     * @param id the memory id
     * @param maxMessages how many messages are kept, at least one
     */
    public RedisChatMemory(RedisChatMemoryStore store, Object id, int maxMessages) {
        this(store, id, maxMessages, false);
    }

    /**
     * Creates the memory of a conversation.
     *
     * @param store where it is kept
     * @param id the memory id
     * @param maxMessages how many messages are kept, at least one
     * @param alwaysKeepSystemMessageFirst whether a new system message goes to the beginning instead of the end
     */
    public RedisChatMemory(
            RedisChatMemoryStore store, Object id, int maxMessages, boolean alwaysKeepSystemMessageFirst) {
        if (maxMessages < 1) {
            throw new IllegalArgumentException("A chat memory has to keep one message at least, not " + maxMessages);
        }
        this.store = Objects.requireNonNull(store, "store");
        this.id = Objects.requireNonNull(id, "id");
        this.window = new MessageWindow(maxMessages, alwaysKeepSystemMessageFirst);
    }

    @Override
    public Object id() {
        return id;
    }

    /**
     * Adds a message in one step.
     *
     * @param message the message
     * @throws ChatMemoryException if it can't be added
     */
    @Override
    public void add(ChatMessage message) {
        append(List.of(message));
    }

    /**
     * Adds messages in their order and in one step: either all of them are added or none.
     *
     * @param messages the messages, or null for none
     * @throws ChatMemoryException if they can't be added
     */
    @Override
    public void add(Iterable<ChatMessage> messages) {
        if (messages != null) {
            append(listOf(messages));
        }
    }

    /**
     * Replaces all messages in one step.
     *
     * @param messages the messages; of more than the window holds the latest are kept
     * @throws ChatMemoryException if they can't be kept
     */
    @Override
    public void set(Iterable<ChatMessage> messages) {
        store.updateMessages(id, window.of(listOf(messages)));
    }

    /**
     * The messages in the window.
     *
     * @return the messages in a list that may be changed
     * @throws ChatMemoryException if they can't be read
     */
    @Override
    public List<ChatMessage> messages() {
        return window.of(store.getMessages(id));
    }

    /**
     * Deletes the conversation.
     *
     * @throws ChatMemoryException if Redis does not do it
     */
    @Override
    public void clear() {
        store.deleteMessages(id);
    }

    private void append(List<ChatMessage> more) {
        if (!more.isEmpty()) {
            store.change(id, before -> window.append(before, more));
        }
    }

    private static List<ChatMessage> listOf(Iterable<ChatMessage> messages) {
        List<ChatMessage> list = new ArrayList<>();
        messages.forEach(message -> list.add(Objects.requireNonNull(message, "message")));
        return list;
    }
}
