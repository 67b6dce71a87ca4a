package io.github.llmcache.interceptor;

import io.github.llmcache.annotation.NotInKey;
import io.github.llmcache.annotation.Prompt;
import io.github.llmcache.engine.PromptDirectives;
import io.github.llmcache.key.ArgumentEncoding;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Predicate;

/**
 * What the parameters of a cached method are to its key.
 *
 * @param inKey the positions that count
 * @param promptIndex the position of the prompt, or -1 where no parameter holds it
 * @param directivesIndex the position of the call's directives, or -1 where no parameter holds them
 */
record PromptParameters(List<Integer> inKey, int promptIndex, int directivesIndex) {

    static PromptParameters of(List<Method> declarations, List<PromptMethodDialect> dialects) {
        Method method = declarations.get(0);
        List<Integer> inKey = new ArrayList<>();
        List<Integer> marked = new ArrayList<>();
        List<Integer> texts = new ArrayList<>();
        int directives = -1;
        for (int i = 0; i < method.getParameterCount(); i++) {
            if (method.getParameterTypes()[i] == PromptDirectives.class) {
                if (directives >= 0) {
                    throw new UncacheableMethodException(
                            "more than one of its parameters is a PromptDirectives", "Leave one of them.", null);
                }
                directives = i;
                continue;
            }
            if (isAnnotated(declarations, i, NotInKey.class)) {
                continue;
            }
            inKey.add(i);
            boolean text = method.getParameterTypes()[i] == String.class;
            if (isAnnotated(declarations, i, Prompt.class)) {
                if (!text) {
                    throw new UncacheableMethodException(
                            "its parameter " + (i + 1) + " is marked @Prompt but is no String",
                            "Mark a String; parameters of other types are part of the key as they are.",
                            null);
                }
                marked.add(i);
            } else if (text && !anyDialect(declarations, i, dialects, PromptMethodDialect::isNoPrompt)) {
                texts.add(i);
            }
        }
        if (marked.size() > 1) {
            throw new UncacheableMethodException(
                    "more than one of its parameters is marked @Prompt", "Mark the one that holds the prompt.", null);
        }
        if (marked.isEmpty()) {
            texts.stream()
                    .filter(index -> anyDialect(declarations, index, dialects, PromptMethodDialect::isPrompt))
                    .findFirst()
                    .ifPresent(marked::add);
        }
        if (marked.isEmpty() && texts.size() == 1) {
            marked.addAll(texts);
        }
        return new PromptParameters(inKey, marked.isEmpty() ? -1 : marked.get(0), directives);
    }

    /** Refuses parameters of which no value can ever be part of a key. */
    void refuseUnstable(Method method, ArgumentEncoding encoding) {
        for (int index : inKey) {
            refuseUnstable(method.getGenericParameterTypes()[index], index, encoding, new HashSet<>());
        }
    }

    private static void refuseUnstable(Type type, int index, ArgumentEncoding encoding, Set<Type> seen) {
        if (!seen.add(type)) {
            return;
        }
        if (type instanceof ParameterizedType parameterized) {
            refuseUnstable(parameterized.getRawType(), index, encoding, seen);
            for (Type argument : parameterized.getActualTypeArguments()) {
                refuseUnstable(argument, index, encoding, seen);
            }
        } else if (type instanceof Class<?> raw) {
            if (isNeverStable(raw, encoding::supports)) {
                throw new UncacheableMethodException(
                        "its parameter " + (index + 1) + " holds a " + raw.getName()
                                + ", of which no key can be made that is the same in every JVM",
                        "Name what identifies it with the attribute key, such as key = \"#p" + index
                                + ".id\", pass a record or a String, mark the parameter @NotInKey if the answer does"
                                + " not depend on it, or declare an ArgumentEncoder bean for its type.",
                        null);
            }
            if (raw.isRecord()) {
                for (RecordComponent component : raw.getRecordComponents()) {
                    refuseUnstable(component.getGenericType(), index, encoding, seen);
                }
            }
        }
    }

    /** Of an interface, of Object and of an open class of the JDK there may be values that can be encoded. */
    static boolean isNeverStable(Class<?> type, Predicate<Class<?>> encodable) {
        Class<?> element = type;
        while (element.isArray()) {
            element = element.getComponentType();
        }
        boolean open = element.isInterface()
                || element == Object.class
                || Modifier.isAbstract(element.getModifiers())
                || element == Number.class;
        return !open && !encodable.test(element);
    }

    private static boolean anyDialect(
            List<Method> declarations,
            int index,
            List<PromptMethodDialect> dialects,
            BiPredicate<PromptMethodDialect, Parameter> question) {
        return declarations.stream()
                .map(declaration -> declaration.getParameters()[index])
                .anyMatch(parameter -> dialects.stream().anyMatch(dialect -> question.test(dialect, parameter)));
    }

    private static boolean isAnnotated(List<Method> declarations, int index, Class<? extends Annotation> annotation) {
        Predicate<Method> annotated = method -> method.getParameters()[index].isAnnotationPresent(annotation);
        return declarations.stream().anyMatch(annotated);
    }
}
