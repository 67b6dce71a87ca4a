package io.github.llmcache.langchain4j;

import dev.langchain4j.model.input.structured.StructuredPrompt;
import dev.langchain4j.service.SystemMessage;
import dev.langchain4j.service.UserMessage;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The text of an annotation that LangChain4j makes a message, or a part of one, from.
 *
 * @param role the annotation's simple name
 * @param text the text, with its variables
 */
record MessageTemplate(String role, String text) {

    private static final Pattern CLOCK =
            Pattern.compile("\\{\\{\\s*(current_date|current_time|current_date_time)\\s*}}");

    /**
     * Reads the texts of a method: the system text of the method, else of the type, then the user
     * text, then those of structured prompts among the parameters.
     *
     * @throws IllegalArgumentException if a text is blank or its resource is missing
     */
    static List<MessageTemplate> of(Method method, Class<?> type) {
        List<MessageTemplate> templates = new ArrayList<>();
        SystemMessage ofMethod = method.getAnnotation(SystemMessage.class);
        // LangChain4j asks the interface that the service is made for, which may inherit the method.
        Class<?> owner = type.isAnnotationPresent(SystemMessage.class) ? type : method.getDeclaringClass();
        SystemMessage ofType = owner.getAnnotation(SystemMessage.class);
        if (ofMethod != null) {
            templates.add(read(ofMethod, method.getDeclaringClass(), method.getName()));
        } else if (ofType != null) {
            templates.add(read(ofType, owner, null));
        }
        UserMessage user = method.getAnnotation(UserMessage.class);
        if (user != null) {
            TemplateText text =
                    new TemplateText("UserMessage", method.getDeclaringClass(), method.getName(), user.fromResource());
            templates.add(new MessageTemplate("UserMessage", text.read(user.value(), user.delimiter())));
        }
        for (Class<?> parameter : method.getParameterTypes()) {
            StructuredPrompt structured = parameter.getAnnotation(StructuredPrompt.class);
            if (structured != null) {
                String text = String.join(structured.delimiter(), structured.value());
                templates.add(new MessageTemplate("StructuredPrompt", text));
            }
        }
        return templates;
    }

    /** The first variable that LangChain4j sets from the clock, whatever the arguments are. */
    Optional<String> clockVariable() {
        Matcher matcher = CLOCK.matcher(text);
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    private static MessageTemplate read(SystemMessage system, Class<?> type, @Nullable String method) {
        TemplateText text = new TemplateText("SystemMessage", type, method, system.fromResource());
        return new MessageTemplate("SystemMessage", text.read(system.value(), system.delimiter()));
    }
}
