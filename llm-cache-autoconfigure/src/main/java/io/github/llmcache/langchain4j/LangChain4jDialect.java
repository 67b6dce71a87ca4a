package io.github.llmcache.langchain4j;

import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.model.output.structured.Description;
import dev.langchain4j.service.MemoryId;
import dev.langchain4j.service.UserMessage;
import dev.langchain4j.service.UserName;
import io.github.llmcache.interceptor.PromptMethodDialect;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.List;
import java.util.Optional;

/**
 * Knows what LangChain4j's annotations say about a method of an AI service.
 *
 * <p>Thread-safe. Its texts are those that LangChain4j builds the messages from: system and user text of the method (or
 * the system text of its interface), the texts of structured prompts among its parameters; beside them what each of
 * several parameters is in them, and what {@code @Description} says of the answer's parts. The text of a {@code @UserMessage} on a parameter is none of them: LangChain4j reads only that
 * it stands there.
 */
public final class LangChain4jDialect implements PromptMethodDialect {

    /** Creates the dialect. */
    public LangChain4jDialect() {}

    @Override
    public List<String> templates(Method method, Class<?> type) {
        return MessageTemplate.of(method, type).stream()
                .map(template -> template.role() + ": " + template.text())
                .toList();
    }

    @Override
    public List<String> roles(Method method, Class<?> type) {
        return ParameterRoles.of(method, type);
    }

    @Override
    public String description(AnnotatedElement part) {
        Description description = part.getAnnotation(Description.class);
        return description == null ? "" : String.join(" ", description.value());
    }

    @Override
    public boolean isPrompt(Parameter parameter) {
        return parameter.getType() == String.class && parameter.isAnnotationPresent(UserMessage.class);
    }

    @Override
    public boolean isNoPrompt(Parameter parameter) {
        return parameter.isAnnotationPresent(UserName.class);
    }

    @Override
    public Optional<Refusal> refusal(Method method, Class<?> type) {
        for (Parameter parameter : method.getParameters()) {
            if (parameter.isAnnotationPresent(MemoryId.class)) {
                return refuse(
                        "it has a @MemoryId: its answers depend on the conversation so far, which is not in its key",
                        "Cache at the model instead, where the whole conversation is in the key: set"
                                + " llm-cache.langchain4j.chat-model.enabled=true and leave out the cache annotation."
                                + " Or leave out the @MemoryId if the answers need no memory.");
            }
        }
        if (method.isAnnotationPresent(Tool.class)) {
            return refuse(
                    "it is a @Tool: a model calls it for what it does, not for an answer of a model",
                    "Leave out the cache annotation.");
        }
        return AdaptedStream.refusal(method, type)
                .or(() -> DirectivesParameter.refusal(
                        method, readable(method, type), ParameterRoles.belongsToAiService(method, type)))
                .or(() -> timeDependent(method, type));
    }

    private static Optional<Refusal> timeDependent(Method method, Class<?> type) {
        for (MessageTemplate template : readable(method, type)) {
            Optional<String> clock = template.clockVariable();
            if (clock.isPresent()) {
                return refuse(
                        "the text of its @" + template.role() + " has {{" + clock.get()
                                + "}}, which LangChain4j sets from the clock and which is not in its key",
                        "Give the time as an argument, such as @V(\"today\") LocalDate today, and write {{today}}.");
            }
        }
        return Optional.empty();
    }

    private static List<MessageTemplate> readable(Method method, Class<?> type) {
        try {
            return MessageTemplate.of(method, type);
        } catch (IllegalArgumentException ex) {
            // Said where the templates are asked for.
            return List.of();
        }
    }

    private static Optional<Refusal> refuse(String problem, String action) {
        return Optional.of(new Refusal(problem, action));
    }
}
