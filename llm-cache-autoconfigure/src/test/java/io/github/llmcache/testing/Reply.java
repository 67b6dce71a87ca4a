package io.github.llmcache.testing;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What {@link OpenAiStub} sends back to one request.
 *
 * <p>Immutable: each method gives another reply. Pieces are counted as a stream has them: those of the text, then the
 * parts of the tool calls. Of a reply to an embedding request only its error, hold and break count, and its model.
 */
public final class Reply {

    private static final int NEVER = -1;

    List<String> pieces = List.of();
    List<ToolCall> toolCalls = List.of();
    String finishReason = "stop";

    @Nullable
    Usage usage = new Usage(20, 0, 5, 0);

    @Nullable
    String id;

    @Nullable
    String model;

    @Nullable
    String systemFingerprint;

    int status = 200;
    String error = "";

    @Nullable
    CountDownLatch held;

    int heldAfter;
    int brokenAfter = NEVER;
    int endedAfter = NEVER;
    int failedAfter = NEVER;

    private Reply() {}

    private Reply(Reply other) {
        pieces = other.pieces;
        toolCalls = other.toolCalls;
        finishReason = other.finishReason;
        usage = other.usage;
        id = other.id;
        model = other.model;
        systemFingerprint = other.systemFingerprint;
        status = other.status;
        error = other.error;
        held = other.held;
        heldAfter = other.heldAfter;
        brokenAfter = other.brokenAfter;
        endedAfter = other.endedAfter;
        failedAfter = other.failedAfter;
    }

    /**
     * A call of a tool that the model asks for.
     *
     * @param id the call's identity
     * @param name the tool
     * @param arguments its arguments as JSON text
     */
    public record ToolCall(String id, String name, String arguments) {}

    /**
     * The tokens that an answer took.
     *
     * @param prompt those of the prompt
     * @param cached those of the prompt that the provider remembered
     * @param completion those of the answer
     * @param reasoning those of the answer that were thought and not said
     */
    public record Usage(int prompt, int cached, int completion, int reasoning) {}

    /** An answer that a stream sends word by word. */
    public static Reply text(String text) {
        return pieces(text.split("(?= )"));
    }

    /** An answer that a stream sends in these pieces. */
    public static Reply pieces(String... pieces) {
        return new Reply()
                .with(reply -> reply.pieces =
                        Arrays.stream(pieces).filter(piece -> !piece.isEmpty()).toList());
    }

    /** An answer without text that asks for tools; a stream sends the arguments of each in two parts. */
    public static Reply toolCalls(ToolCall... calls) {
        return new Reply().with(reply -> {
            reply.toolCalls = List.of(calls);
            reply.finishReason = "tool_calls";
        });
    }

    /** A failure with a status and OpenAI's JSON body. */
    public static Reply error(int status, String message) {
        return new Reply().with(reply -> {
            reply.status = status;
            reply.error = message;
        });
    }

    /** No answer at all: the connection is closed before a byte of it was sent. */
    public static Reply broken() {
        return new Reply().brokenAfter(0);
    }

    /** Ends for a reason: {@code stop}, {@code length}, {@code content_filter} or {@code tool_calls}. */
    public Reply finishReason(String reason) {
        return with(reply -> reply.finishReason = reason);
    }

    /** Took these tokens. */
    public Reply usage(int prompt, int completion) {
        return usage(new Usage(prompt, 0, completion, 0));
    }

    /** Took these tokens; null for a server that does not say. */
    public Reply usage(@Nullable Usage tokens) {
        return with(reply -> reply.usage = tokens);
    }

    /** Has this identity instead of one that is new for each call. */
    public Reply id(String value) {
        return with(reply -> reply.id = value);
    }

    /** Names this model instead of the one that was asked for. */
    public Reply model(String name) {
        return with(reply -> reply.model = name);
    }

    /** Names the system that answered. */
    public Reply systemFingerprint(String value) {
        return with(reply -> reply.systemFingerprint = value);
    }

    /** Sends nothing before the latch is released; at most half a minute. */
    public Reply heldUntil(CountDownLatch released) {
        return heldAfter(0, released);
    }

    /** Streams so many pieces and no more before the latch is released. */
    public Reply heldAfter(int sent, CountDownLatch released) {
        return with(reply -> {
            reply.held = released;
            reply.heldAfter = sent;
        });
    }

    /** Streams so many pieces and then breaks the connection; a plain answer breaks in the middle of its body. */
    public Reply brokenAfter(int sent) {
        return with(reply -> reply.brokenAfter = sent);
    }

    /** Streams so many pieces and then ends as if all were well, with no finish reason, usage or end mark. */
    public Reply endedAfter(int sent) {
        return with(reply -> reply.endedAfter = sent);
    }

    /** Streams so many pieces and then an event that says that it failed, and no more; no matter to a plain answer. */
    public Reply failedAfter(int sent, String message) {
        return with(reply -> {
            reply.failedAfter = sent;
            reply.error = message;
        });
    }

    String text() {
        return String.join("", pieces);
    }

    private Reply with(Consumer<Reply> change) {
        Reply copy = new Reply(this);
        change.accept(copy);
        return copy;
    }
}
