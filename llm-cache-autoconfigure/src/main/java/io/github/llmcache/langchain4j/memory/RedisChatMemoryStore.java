package io.github.llmcache.langchain4j.memory;

import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.store.memory.chat.ChatMemoryStore;
import io.github.llmcache.langchain4j.memory.ChatMemoryException.Reason;
import io.github.llmcache.redis.RedisKeys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/**
 * Keeps conversations in Redis, each as a JSON array of its messages under {@code chat:<user>:<session>}, and for each user
 * a list of them.
 *
 * <p>Each use, reading included, lets a conversation live on for its TTL. {@link #updateMessages} replaces the whole
 * conversation, so of two at a time the last wins; {@link RedisChatMemory} loses no message. Whatever can't be done throws a
 * {@link ChatMemoryException}, without the text of any message, user or session. Thread-safe.
 */
public final class RedisChatMemoryStore implements ChatMemoryStore {

    private final Conversations conversations;
    private final ChatSessionResolver sessions;
    private final long maxBytes;
    private final MessagesCodec codec = new MessagesCodec();

    /**
     * Creates the store.
     *
     * @param connections makes the connections to Redis, 6.2 or later
     * @param keys makes the keys
     * @param sessions tells which conversation a memory id means
     * @param ttl how long a conversation is kept after its last use, at least a millisecond
     * @param maxBytes the largest conversation that is kept, in bytes of its JSON
     */
    public RedisChatMemoryStore(
            RedisConnectionFactory connections,
            RedisKeys keys,
            ChatSessionResolver sessions,
            Duration ttl,
            long maxBytes) {
        if (ttl.toMillis() <= 0 || maxBytes <= 0) {
            throw new IllegalArgumentException("The TTL and the largest size have to be above zero");
        }
        this.conversations = new Conversations(new RedisCommands(connections), keys, ttl);
        this.sessions = sessions;
        this.maxBytes = maxBytes;
    }

    /**
     * Reads a conversation.
     *
     * @param memoryId names the conversation
     * @return its messages in a list that may be changed, empty if there is none
     * @throws ChatMemoryException if it can't be read
     * @throws IllegalArgumentException if the id names no conversation
     */
    @Override
    public List<ChatMessage> getMessages(Object memoryId) {
        return codec.read(conversations.read(sessions.resolve(memoryId))).messages();
    }

    /**
     * Replaces a conversation by the given messages, whoever has changed it meanwhile.
     *
     * @param memoryId names the conversation
     * @param messages all its messages
     * @throws ChatMemoryException if they can't be kept as they are, or what is there can't be read and so is left
     * @throws IllegalArgumentException if the id names no conversation
     */
    @Override
    public void updateMessages(Object memoryId, List<ChatMessage> messages) {
        List<ChatMessage> all = List.copyOf(messages);
        change(memoryId, before -> all);
    }

    /**
     * Deletes a conversation, also one that can't be read.
     *
     * @param memoryId names the conversation; there need not be one
     * @throws ChatMemoryException if Redis does not do it
     * @throws IllegalArgumentException if the id names no conversation
     */
    @Override
    public void deleteMessages(Object memoryId) {
        conversations.delete(sessions.resolve(memoryId));
    }

    /**
     * Lists a user's conversations, one command for each that may be there. This is no use of them: they live no longer
     * for it.
     *
     * @param user the user of their {@link ChatSession}s
     * @return the sessions in the order of their names; expired ones are left out, and taken out of the list
     * @throws ChatMemoryException if Redis does not tell
     */
    public List<ChatSession> sessions(String user) {
        List<ChatSession> found = new ArrayList<>();
        for (ChatSession session : conversations.list().all(user)) {
            if (conversations.exists(session) || conversations.forget(session)) {
                found.add(session);
            }
        }
        return found;
    }

    /**
     * Deletes all conversations of a user. One that is begun meanwhile may remain, and is then listed.
     *
     * @param user the user of their {@link ChatSession}s
     * @return how many there were
     * @throws ChatMemoryException if Redis does not do it; call it again then
     */
    public long deleteAll(String user) {
        return conversations.list().all(user).stream()
                .filter(conversations::delete)
                .count();
    }

    /**
     * Changes a conversation in one step: if others change it meanwhile, the change is made anew from theirs.
     *
     * @param change makes the new messages of the old ones; returns the very same list to leave them
     */
    void change(Object memoryId, UnaryOperator<List<ChatMessage>> change) {
        conversations.change(sessions.resolve(memoryId), value -> {
            MessagesCodec.Read before = codec.read(value);
            List<ChatMessage> after = change.apply(before.messages());
            return after == before.messages() ? null : write(after, before);
        });
    }

    private byte[] write(List<ChatMessage> messages, MessagesCodec.Read before) {
        byte[] value = codec.write(messages, before);
        if (value.length > maxBytes) {
            throw new ChatMemoryException(
                    Reason.TOO_LARGE,
                    "A conversation of " + messages.size() + " messages takes " + value.length
                            + " bytes, more than the "
                            + maxBytes
                            + " that it may. Nothing was changed in Redis. Keep fewer messages (a window on the"
                            + " memory, such as llm-cache.chat-memory.max-messages), or raise"
                            + " llm-cache.chat-memory.max-size.");
        }
        return value;
    }
}
