package io.github.llmcache.langchain4j;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.DefaultChatRequestParameters;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * All that the key of a request is made from, where it is plain text and parameters that are numbers and names: equal only
 * to what gives the same key.
 *
 * <p>Immutable. Tools, schemas and what is not text are left to the encoders, whose bytes tell more apart than the {@code
 * equals} of LangChain4j's classes does.
 */
final class AskedRequest {

    private final Object model;
    private final ChatRequestParameters defaults;
    private final ChatRequestParameters parameters;
    private final @Nullable String version;
    private final @Nullable String scope;
    private final Object[] messages;
    private final int hash;

    private AskedRequest(
            Object model,
            ChatRequestParameters defaults,
            ChatRequestParameters parameters,
            @Nullable String version,
            @Nullable String scope,
            Object[] messages) {
        this.model = model;
        this.defaults = defaults;
        this.parameters = parameters;
        this.version = version;
        this.scope = scope;
        this.messages = messages;
        // Many may ask the same question in scopes of their own.
        int sum = 31 * System.identityHashCode(model) + System.identityHashCode(defaults);
        sum = 31 * sum + Objects.hash(version, scope);
        sum = 31 * sum + (parameters == DefaultChatRequestParameters.EMPTY ? 0 : parameters.hashCode());
        for (Object part : messages) {
            sum = 31 * sum + part.hashCode();
        }
        this.hash = sum;
    }

    /**
     * Takes down what a request asks.
     *
     * @param model the decorated model and its name, told by identity
     * @param defaults the model's default parameters, told by identity
     * @param request the request
     * @param version the version of the model
     * @param scope whose answer it is
     * @return null where the request is not of the plain kind
     */
    static @Nullable AskedRequest of(
            Object model,
            ChatRequestParameters defaults,
            ChatRequest request,
            @Nullable String version,
            @Nullable String scope) {
        if (!isPlain(request.parameters())) {
            return null;
        }
        List<ChatMessage> messages = request.messages();
        Object[] parts = new Object[2 * messages.size()];
        for (int i = 0; i < messages.size(); i++) {
            ChatMessage message = messages.get(i);
            String text = textOf(message);
            if (text == null) {
                return null;
            }
            parts[2 * i] = message.getClass();
            parts[2 * i + 1] = text;
        }
        return new AskedRequest(model, defaults, request.parameters(), version, scope, parts);
    }

    private static boolean isPlain(ChatRequestParameters parameters) {
        return parameters == DefaultChatRequestParameters.EMPTY
                || parameters.getClass() == DefaultChatRequestParameters.class
                        && parameters.toolSpecifications().isEmpty()
                        && parameters.responseFormat() == null;
    }

    private static @Nullable String textOf(ChatMessage message) {
        Class<?> type = message.getClass();
        if (type == UserMessage.class) {
            return textOf((UserMessage) message);
        }
        if (type == SystemMessage.class) {
            return ((SystemMessage) message).text();
        }
        return type == AiMessage.class ? textOf((AiMessage) message) : null;
    }

    private static @Nullable String textOf(UserMessage message) {
        if (message.name() != null
                || message.contents().size() != 1
                || !message.attributes().isEmpty()) {
            return null;
        }
        Content content = message.contents().get(0);
        return content.getClass() == TextContent.class ? ((TextContent) content).text() : null;
    }

    private static @Nullable String textOf(AiMessage message) {
        return message.thinking() == null
                        && message.toolExecutionRequests().isEmpty()
                        && message.attributes().isEmpty()
                ? message.text()
                : null;
    }

    long characters() {
        long sum = 0;
        for (Object part : messages) {
            sum += part instanceof String text ? text.length() : 8;
        }
        return sum;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        if (!(other instanceof AskedRequest that)
                || hash != that.hash
                || model != that.model
                || defaults != that.defaults
                || messages.length != that.messages.length
                || !Objects.equals(version, that.version)
                || !Objects.equals(scope, that.scope)
                || parameters != that.parameters && !parameters.equals(that.parameters)) {
            return false;
        }
        for (int i = 0; i < messages.length; i++) {
            if (!messages[i].equals(that.messages[i])) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int hashCode() {
        return hash;
    }

    /** Names nothing of what was asked. */
    @Override
    public String toString() {
        return "AskedRequest[" + Integer.toHexString(hash) + "]";
    }
}
