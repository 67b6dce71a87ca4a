package io.github.llmcache.interceptor;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Field;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Describes a type with the names and types of its fields or the names of its constants, all the way down, so that an
 * answer of a type that has changed since is not found.
 */
final class ReturnShape {

    private final StringBuilder shape = new StringBuilder();
    private final Set<Class<?>> seen = new HashSet<>();

    private final Function<AnnotatedElement, String> descriptions;

    private ReturnShape(Function<AnnotatedElement, String> descriptions) {
        this.descriptions = descriptions;
    }

    /**
     * Describes a type.
     *
     * @param type the type, with its generics
     * @param descriptions what the model is told of a class or a field
     */
    static String of(Type type, Function<AnnotatedElement, String> descriptions) {
        ReturnShape description = new ReturnShape(descriptions);
        description.describe(type);
        return description.shape.toString();
    }

    private void describe(Type type) {
        if (type instanceof Class<?> raw) {
            describeClass(raw);
        } else if (type instanceof ParameterizedType parameterized) {
            describe(parameterized.getRawType());
            shape.append('<');
            for (Type argument : parameterized.getActualTypeArguments()) {
                describe(argument);
                shape.append(',');
            }
            shape.append('>');
        } else if (type instanceof GenericArrayType array) {
            describe(array.getGenericComponentType());
            shape.append("[]");
        } else {
            shape.append(type.getTypeName());
        }
    }

    private void describeClass(Class<?> type) {
        if (type.isArray()) {
            describeClass(type.getComponentType());
            shape.append("[]");
            return;
        }
        shape.append(type.getName());
        if (type.isPrimitive() || isOfLibrary(type) || !seen.add(type)) {
            return;
        }
        shape.append(descriptions.apply(type)).append('{');
        for (Class<?> owner = type; owner != null && !isOfLibrary(owner); owner = owner.getSuperclass()) {
            for (Field field : fieldsOf(owner)) {
                shape.append(field.getName()).append(':').append(descriptions.apply(field));
                describe(field.getGenericType());
                shape.append(',');
            }
        }
        shape.append('}');
    }

    private static List<Field> fieldsOf(Class<?> type) {
        List<Field> fields = new ArrayList<>();
        for (Field field : type.getDeclaredFields()) {
            boolean instance = !Modifier.isStatic(field.getModifiers()) && !Modifier.isTransient(field.getModifiers());
            if ((instance || field.isEnumConstant()) && !field.isSynthetic()) {
                fields.add(field);
            }
        }
        fields.sort((one, other) -> one.getName().compareTo(other.getName()));
        return fields;
    }

    /** Types of libraries whose own codecs know what they hold; their fields are not ours to look at. */
    private static boolean isOfLibrary(Class<?> type) {
        return type.getName().startsWith("java.")
                || type.getName().startsWith("javax.")
                || type.getName().startsWith("dev.langchain4j.");
    }
}
