package io.github.llmcache.langchain4j;

import dev.langchain4j.service.UserMessage;
import dev.langchain4j.service.UserName;
import dev.langchain4j.service.V;
import io.github.llmcache.engine.PromptDirectives;
import io.github.llmcache.interceptor.PromptMethodDialect.Refusal;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What LangChain4j makes of {@link PromptDirectives} among the parameters of an AI service: it refuses a parameter without an
 * annotation of its own when the method is called, and one with {@code @V} is a variable that may stay out of the text.
 */
final class DirectivesParameter {

    private static final String ACTION =
            "Write @V(\"directives\") PromptDirectives directives, and leave {{directives}} out of the texts; or give the"
                    + " directives with PromptCallDirectives.";

    private DirectivesParameter() {}

    static Optional<Refusal> refusal(Method method, List<MessageTemplate> templates, boolean ofAiService) {
        for (Parameter parameter : method.getParameters()) {
            if (parameter.getType() != PromptDirectives.class || !ofAiService) {
                continue;
            }
            V variable = parameter.getAnnotation(V.class);
            if (variable == null
                    || parameter.isAnnotationPresent(UserMessage.class)
                    || parameter.isAnnotationPresent(UserName.class)) {
                return Optional.of(
                        new Refusal("LangChain4j takes its PromptDirectives for a part of the prompt", ACTION));
            }
            Pattern use = Pattern.compile("\\{\\{\\s*" + Pattern.quote(variable.value()) + "\\s*}}");
            if (templates.stream()
                    .anyMatch(template -> use.matcher(template.text()).find())) {
                return Optional.of(
                        new Refusal("its prompt has the PromptDirectives in it, which are not in its key", ACTION));
            }
        }
        return Optional.empty();
    }
}
