package io.github.llmcache.langchain4j.memory;

import org.jspecify.annotations.Nullable;

/**
 * Says that a conversation can't be read or changed.
 *
 * <p>Memory is state: a conversation that is answered without its history is answered wrongly, so nothing is made up in its
 * place. The message and the cause hold no text of the conversation, and neither its user nor its session.
 */
public final class ChatMemoryException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Reason reason;

    ChatMemoryException(Reason reason, String message) {
        this(reason, message, null);
    }

    ChatMemoryException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /** Why it can't. */
    public Reason reason() {
        return reason;
    }

    /** Why a conversation can't be read or changed. */
    public enum Reason {
        /** Redis is gone, too slow, or refuses the command; a change may or may not have been made. */
        UNAVAILABLE,
        /** What is in Redis is no conversation that this release can read; it was left as it is. */
        UNREADABLE,
        /** A message holds something that would not read back as it is; nothing was changed. */
        NOT_KEEPABLE,
        /** The conversation would be larger than {@code llm-cache.chat-memory.max-size}; nothing was changed. */
        TOO_LARGE,
        /** Others changed the conversation again and again; nothing was changed. */
        CONTENDED
    }
}
