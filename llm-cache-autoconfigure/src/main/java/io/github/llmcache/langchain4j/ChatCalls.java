package io.github.llmcache.langchain4j;

import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.DefaultChatRequestParameters;
import io.github.llmcache.engine.CapturedCall;
import io.github.llmcache.engine.PromptBypass;
import io.github.llmcache.engine.PromptCall;
import io.github.llmcache.engine.PromptDirectives;
import io.github.llmcache.engine.RequestTraits;
import io.github.llmcache.event.BypassReason;
import io.github.llmcache.interceptor.KeyMemo;
import io.github.llmcache.key.PromptKey;
import io.github.llmcache.key.PromptRequest;
import io.github.llmcache.key.UnstableArgumentException;
import io.github.llmcache.tier.EntryTerms;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Turns the requests to one decorated model into calls of the cache, or says why they can't be answered from it. A whole
 * and a streaming model of one name and provider make the same key of the same request.
 *
 * <p>Thread-safe, and never throws.
 */
final class ChatCalls {

    private static final Predicate<Object> NEVER = answer -> false;
    private static final Function<Object, EntryTerms> NO_TERMS = answer -> EntryTerms.NONE;

    private final Supplier<ModelCache> caches;
    private final CachedResponseCodec codec;
    private final Supplier<String> name;
    private final Supplier<ModelProvider> provider;
    private final Supplier<ChatRequestParameters> defaults;

    /** The name that the model has at the moment, and its identity in what keys are remembered by. */
    private record Named(String name, String identity) {}

    private volatile Named named = new Named("", "");

    ChatCalls(
            Supplier<ModelCache> cache,
            CachedResponseCodec codec,
            Supplier<String> name,
            Supplier<ModelProvider> provider,
            Supplier<ChatRequestParameters> defaults) {
        this.caches = cache;
        this.codec = codec;
        this.name = name;
        this.provider = provider;
        this.defaults = defaults;
    }

    /** What a request turned out to be: one of the two is there. */
    record Prepared(@Nullable PromptCall call, @Nullable PromptBypass bypass) {

        PromptBypass bypassed() {
            return Objects.requireNonNull(bypass);
        }
    }

    /** The cache, or null while it is being made: what it is made of may ask a model. */
    @Nullable
    ModelCache cache() {
        try {
            return caches.get();
        } catch (RuntimeException | LinkageError ex) {
            return null;
        }
    }

    /**
     * Prepares a call.
     *
     * @param whole whether the request has all its parameters, and the model adds none of its own
     */
    Prepared prepare(ModelCache cache, ChatRequest request, boolean whole) {
        PromptDirectives directives = cache.directives().current();
        try {
            return prepareOrThrow(cache, request, whole, directives);
        } catch (UnstableArgumentException ex) {
            return bypass(cache, null, BypassReason.ARGUMENT, directives);
        } catch (StackOverflowError ex) {
            return bypass(cache, null, BypassReason.STRATEGY, directives);
        } catch (VirtualMachineError ex) {
            throw ex;
        } catch (Throwable ex) {
            return bypass(cache, null, BypassReason.STRATEGY, directives);
        }
    }

    /** Tells all of a call that is not made; its request is put together anew, since keys that are remembered have none. */
    CapturedCall describe(ModelCache cache, ChatRequest request, boolean whole, Prepared prepared) {
        PromptCall call = prepared.call();
        if (call == null) {
            return CapturedCall.of(prepared.bypassed(), cache.keys());
        }
        String model = call.policy().model();
        ChatRequestParameters ofModel = whole ? DefaultChatRequestParameters.EMPTY : defaults.get();
        return CapturedCall.of(
                call,
                canonical(cache, named(), request, ofModel, model, cache.versionOf(model), call.scope()),
                cache.keys());
    }

    private Prepared prepareOrThrow(ModelCache cache, ChatRequest request, boolean whole, PromptDirectives directives) {
        ChatRequestParameters ofModel = whole ? DefaultChatRequestParameters.EMPTY : defaults.get();
        ChatRequestParameters asked = request.parameters();
        String requested = asked.modelName() == null ? ofModel.modelName() : asked.modelName();
        String model = cache.modelOf(requested);
        Double temperature = asked.temperature() == null ? ofModel.temperature() : asked.temperature();
        if (!cache.admission().admits(new RequestTraits(cache.name(), model, temperature))) {
            return bypass(cache, model, BypassReason.ADMISSION, directives);
        }
        String scope = null;
        if (cache.scope() != null) {
            scope = cache.scope().current();
            if (scope == null || scope.isBlank()) {
                return bypass(cache, model, BypassReason.SCOPE, directives);
            }
        }
        if (!cache.knows(model)) {
            return bypass(cache, model, BypassReason.MODEL_CONFIG, directives);
        }
        EntryTerms terms = scope == null ? EntryTerms.NONE : new EntryTerms(scope, null, List.of());
        PromptCall call = new PromptCall(
                key(cache, request, ofModel, model, scope),
                cache.policyOf(model),
                codec,
                NEVER,
                scope,
                scope == null ? NO_TERMS : answer -> terms,
                directives);
        return new Prepared(call, null);
    }

    private Prepared bypass(
            ModelCache cache, @Nullable String model, BypassReason reason, PromptDirectives directives) {
        return new Prepared(null, new PromptBypass(cache.name(), model, reason, directives, codec::tokensOf));
    }

    private PromptKey key(
            ModelCache cache,
            ChatRequest request,
            ChatRequestParameters ofModel,
            @Nullable String model,
            @Nullable String scope) {
        Named current = named();
        String version = cache.versionOf(model);
        KeyMemo memo = cache.memo();
        AskedRequest asked = memo == null ? null : AskedRequest.of(current, ofModel, request, version, scope);
        PromptKey key = memo == null || asked == null ? null : memo.find(asked);
        if (key != null) {
            return key;
        }
        key = Objects.requireNonNull(
                cache.keys().generate(canonical(cache, current, request, ofModel, model, version, scope)));
        if (memo != null && asked != null) {
            String prompt = key.prompt();
            memo.keep(asked, key, asked.characters() + (prompt == null ? 0 : prompt.length()));
        }
        return key;
    }

    private static PromptRequest canonical(
            ModelCache cache,
            Named current,
            ChatRequest request,
            ChatRequestParameters ofModel,
            @Nullable String model,
            @Nullable String version,
            @Nullable String scope) {
        List<ChatMessage> messages = folded(cache, request.messages());
        List<@Nullable Object> asked = new ArrayList<>(messages);
        asked.add(ofModel.overrideWith(request.parameters()));
        return new PromptRequest(
                cache.name(),
                current.identity(),
                "ChatResponse",
                List.of(),
                model,
                version,
                null,
                cache.settings().version(),
                scope,
                asked,
                promptIn(messages));
    }

    /** The name may become known only when all models are there; what was remembered by another one is of no use then. */
    private Named named() {
        String now = name.get();
        Named last = named;
        if (last.name().equals(now)) {
            return last;
        }
        Named next = new Named(now, "ChatModel " + provider.get() + " " + now);
        named = next;
        return next;
    }

    private static List<ChatMessage> folded(ModelCache cache, List<ChatMessage> messages) {
        int last = lastUserMessage(messages);
        if (last < 0) {
            return messages;
        }
        UserMessage message = (UserMessage) messages.get(last);
        List<Content> contents = new ArrayList<>(message.contents());
        contents.replaceAll(
                content -> content.getClass() == TextContent.class ? fold(cache, (TextContent) content) : content);
        if (contents.equals(message.contents())) {
            return messages;
        }
        List<ChatMessage> folded = new ArrayList<>(messages);
        folded.set(last, message.toBuilder().contents(contents).build());
        return folded;
    }

    private static TextContent fold(ModelCache cache, TextContent content) {
        String text = cache.folded(content.text());
        // A text that is nothing but white space can't be folded away: LangChain4j has no empty ones.
        return text.isBlank() ? content : TextContent.from(text);
    }

    private static @Nullable String promptIn(List<ChatMessage> messages) {
        int last = lastUserMessage(messages);
        if (last < 0) {
            return null;
        }
        StringBuilder prompt = new StringBuilder();
        for (Content content : ((UserMessage) messages.get(last)).contents()) {
            if (content instanceof TextContent text) {
                prompt.append(prompt.length() == 0 ? "" : "\n").append(text.text());
            }
        }
        return prompt.length() == 0 ? null : prompt.toString();
    }

    private static int lastUserMessage(List<ChatMessage> messages) {
        for (int i = messages.size() - 1; i >= 0; i--) {
            if (messages.get(i) instanceof UserMessage) {
                return i;
            }
        }
        return -1;
    }
}
