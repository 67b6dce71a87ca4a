package io.github.llmcache.langchain4j;

import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.service.MemoryId;
import dev.langchain4j.service.TokenStream;
import dev.langchain4j.service.UserMessage;
import io.github.llmcache.interceptor.PromptMethodDialect;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Knows what LangChain4j's annotations say about a method of an AI service.
 *
 * <p>Thread-safe. Its texts are those that LangChain4j builds the messages from: system and user text of the method (or
 * the system text of its interface), the texts of structured prompts among its parameters, and what each of several
 * parameters is in them. The text of a {@code @UserMessage} on a parameter is none of them: LangChain4j reads only that
 * it stands there.
 */
public final class LangChain4jDialect implements PromptMethodDialect {

    /** Creates the dialect. */
    public LangChain4jDialect() {}

    @Override
    public List<String> templates(Method method) {
        List<String> templates = new ArrayList<>();
        for (MessageTemplate template : MessageTemplate.of(method)) {
            templates.add(template.role() + ": " + template.text());
        }
        templates.addAll(ParameterRoles.of(method));
        return List.copyOf(templates);
    }

    @Override
    public boolean isPrompt(Parameter parameter) {
        return parameter.getType() == String.class && parameter.isAnnotationPresent(UserMessage.class);
    }

    @Override
    public Optional<Refusal> refusal(Method method) {
        for (Parameter parameter : method.getParameters()) {
            if (parameter.isAnnotationPresent(MemoryId.class)) {
                return refuse(
                        "it has a @MemoryId: its answers depend on the conversation so far, which is not in its key",
                        "Leave out the cache annotation, or the @MemoryId if the answers need no memory.");
            }
        }
        if (method.isAnnotationPresent(Tool.class)) {
            return refuse(
                    "it is a @Tool: a model calls it for what it does, not for an answer of a model",
                    "Leave out the cache annotation.");
        }
        if (TokenStream.class.isAssignableFrom(method.getReturnType())) {
            return refuse(
                    "it returns a TokenStream, which can be read only once",
                    "Return a String, an AiMessage or a Result<String>, or leave out the cache annotation.");
        }
        return timeDependent(method);
    }

    private static Optional<Refusal> timeDependent(Method method) {
        for (MessageTemplate template : readable(method)) {
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

    private static List<MessageTemplate> readable(Method method) {
        try {
            return MessageTemplate.of(method);
        } catch (IllegalArgumentException ex) {
            // Said where the templates are asked for.
            return List.of();
        }
    }

    private static Optional<Refusal> refuse(String problem, String action) {
        return Optional.of(new Refusal(problem, action));
    }
}
