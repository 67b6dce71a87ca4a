package io.github.llmcache.langchain4j;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.request.json.JsonSchemaElement;
import io.github.llmcache.key.ArgumentEncoder;
import io.github.llmcache.key.CanonicalWriter;
import io.github.llmcache.key.UnstableArgumentException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts requests to models into the key: parameters, those of a provider's own class included, tools, response formats and
 * JSON schemas.
 *
 * <p>Every field of them is written by its name, so that a parameter that a later release of LangChain4j or of a provider
 * adds is part of the key by itself. A field that has no stable encoding makes the request one that has none. Thread-safe.
 */
public final class ChatRequestEncoder implements ArgumentEncoder {

    private static final List<Class<?>> KNOWN = List.of(
            ChatRequest.class,
            ChatRequestParameters.class,
            ToolSpecification.class,
            ResponseFormat.class,
            JsonSchema.class,
            JsonSchemaElement.class);

    private static final ClassValue<List<Field>> FIELDS = new ClassValue<>() {
        @Override
        protected List<Field> computeValue(Class<?> type) {
            return fieldsOf(type);
        }
    };

    /** Creates the encoder. */
    public ChatRequestEncoder() {}

    @Override
    public boolean supports(Class<?> type) {
        return KNOWN.stream().anyMatch(known -> known.isAssignableFrom(type));
    }

    @Override
    public void encode(Object value, CanonicalWriter out) {
        List<Field> fields = FIELDS.get(value.getClass());
        out.group(value.getClass().getName(), 2 * fields.size());
        for (Field field : fields) {
            out.text(field.getDeclaringClass().getName() + "." + field.getName());
            try {
                out.value(field.get(value));
            } catch (IllegalAccessException ex) {
                throw new UnstableArgumentException(value.getClass(), "has a field that can't be read");
            }
        }
    }

    private static List<Field> fieldsOf(Class<?> type) {
        List<Field> fields = new ArrayList<>();
        for (Class<?> part = type; part != null && part != Object.class; part = part.getSuperclass()) {
            for (Field field : part.getDeclaredFields()) {
                if (Modifier.isStatic(field.getModifiers())) {
                    continue;
                }
                try {
                    field.setAccessible(true);
                } catch (RuntimeException ex) {
                    throw new UnstableArgumentException(type, "has a field that can't be read");
                }
                fields.add(field);
            }
        }
        fields.sort((one, other) -> (one.getDeclaringClass().getName() + "." + one.getName())
                .compareTo(other.getDeclaringClass().getName() + "." + other.getName()));
        return List.copyOf(fields);
    }
}
