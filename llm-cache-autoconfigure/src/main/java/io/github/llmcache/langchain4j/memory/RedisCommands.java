package io.github.llmcache.langchain4j.memory;

import io.github.llmcache.langchain4j.memory.ChatMemoryException.Reason;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.core.RedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;
import org.springframework.data.redis.serializer.RedisSerializer;

/** The commands of a conversation, on the application's own connection; what fails is told without keys and values. */
final class RedisCommands {

    /** Numbers come as they are. */
    private static final RedisSerializer<Long> NO_RESULT_TO_READ = new RedisSerializer<>() {
        @Override
        public byte[] serialize(@Nullable Long value) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Long deserialize(byte @Nullable [] bytes) {
            throw new UnsupportedOperationException();
        }
    };

    private final RedisTemplate<String, byte[]> template = new RedisTemplate<>();

    RedisCommands(RedisConnectionFactory connections) {
        template.setConnectionFactory(connections);
        template.setKeySerializer(RedisSerializer.string());
        template.setValueSerializer(RedisSerializer.byteArray());
        template.afterPropertiesSet();
    }

    /** Runs a command whose answer may be that there is nothing. */
    <T> @Nullable T ask(Command<@Nullable T> command) {
        try {
            return command.on(template);
        } catch (RuntimeException ex) {
            throw translate(ex);
        }
    }

    /** Runs a command that always answers. */
    <T> T run(Command<@Nullable T> command) {
        T answer = ask(command);
        if (answer == null) {
            throw new IllegalStateException(
                    "Redis gives no answer yet: chat memory can't be used while this thread is in a"
                            + " transaction or pipeline of a RedisTemplate.");
        }
        return answer;
    }

    /** Runs a script on one key that answers with 1 or 0. */
    boolean run(RedisScript<Long> script, String key, byte[]... arguments) {
        Long done = run(redis -> redis.execute(
                script, RedisSerializer.byteArray(), NO_RESULT_TO_READ, List.of(key), (Object[]) arguments));
        return done == 1;
    }

    private static ChatMemoryException translate(RuntimeException failure) {
        if (failure instanceof ChatMemoryException known) {
            return known;
        }
        String reply = replyOf(failure);
        if (reply == null) {
            return new ChatMemoryException(
                    Reason.UNAVAILABLE,
                    "Redis did not answer for a conversation ("
                            + failure.getClass().getSimpleName()
                            + "). If it was a change, it may or may not have been made.",
                    failure);
        }
        if (reply.contains("WRONGTYPE")) {
            return MessagesCodec.unreadable("it, or the key llm-cache:chats:<user> beside it, has another Redis type");
        }
        // The rest of the reply may quote keys, and keys name users.
        return new ChatMemoryException(
                Reason.UNAVAILABLE, "Redis refused a command for a conversation: " + reply.split("[ :]", 2)[0]);
    }

    /** What the server itself replied; null where it did not. The clients' types are told by name: neither has to be there. */
    private static @Nullable String replyOf(Throwable failure) {
        int depth = 0;
        for (Throwable cause = failure; cause != null && depth < 20; cause = cause.getCause(), depth++) {
            for (Class<?> type = cause.getClass(); type != null; type = type.getSuperclass()) {
                String name = type.getSimpleName();
                if (name.equals("RedisCommandExecutionException") || name.equals("JedisDataException")) {
                    return String.valueOf(cause.getMessage());
                }
            }
        }
        return null;
    }

    /** A command. */
    interface Command<T extends @Nullable Object> {
        T on(RedisTemplate<String, byte[]> redis);
    }
}
