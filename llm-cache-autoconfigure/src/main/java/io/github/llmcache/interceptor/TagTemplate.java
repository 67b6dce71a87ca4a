package io.github.llmcache.interceptor;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ObjectUtils;

/**
 * A text with expressions inside, that gives the tags of a call.
 *
 * @param parts the parts of the text
 */
record TagTemplate(List<Part> parts) {

    TagTemplate {
        parts = List.copyOf(parts);
    }

    /** A part of the text: one of the two is there. */
    record Part(@Nullable String literal, @Nullable PromptExpression expression) {}

    /** Evaluates an expression of the text. */
    interface Evaluation {

        @Nullable
        Object of(PromptExpression expression);
    }

    /** Whether an expression of the text asks for what the method returned. */
    boolean needsResult() {
        return parts.stream().map(Part::expression).anyMatch(part -> part != null && part.needsResult());
    }

    /** Gives the tags: none where a part is null or all of it blank, several for a collection that stands alone. */
    void tags(Evaluation evaluation, Consumer<String> tags) {
        PromptExpression alone = parts.size() == 1 ? parts.get(0).expression() : null;
        if (alone != null) {
            Object value = PlainText.unwrap(evaluation.of(alone));
            for (Object element : elements(value)) {
                add(text(alone, element), tags);
            }
            return;
        }
        StringBuilder tag = new StringBuilder();
        for (Part part : parts) {
            PromptExpression expression = part.expression();
            String text = expression == null ? part.literal() : text(expression, evaluation.of(expression));
            if (text == null) {
                return;
            }
            tag.append(text);
        }
        add(tag.toString(), tags);
    }

    private static Collection<? extends @Nullable Object> elements(@Nullable Object value) {
        if (value instanceof Collection<?> collection) {
            return collection;
        }
        return ObjectUtils.isArray(value)
                ? Arrays.asList(ObjectUtils.toObjectArray(value))
                : Arrays.asList(new @Nullable Object[] {value});
    }

    private static @Nullable String text(PromptExpression expression, @Nullable Object value) {
        Object plain = PlainText.unwrap(value);
        if (plain == null) {
            return null;
        }
        String text = PlainText.ofTag(plain);
        if (text == null) {
            throw expression.failed(new ClassCastException("no text of a tag"));
        }
        return text;
    }

    private static void add(@Nullable String tag, Consumer<String> tags) {
        if (tag != null && !tag.isBlank()) {
            tags.accept(tag);
        }
    }
}
