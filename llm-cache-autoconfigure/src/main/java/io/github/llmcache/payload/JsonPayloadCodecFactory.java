package io.github.llmcache.payload;

import java.io.Closeable;
import java.io.Serializable;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.Iterator;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.stream.BaseStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.deser.AbstractDeserializer;
import tools.jackson.databind.json.JsonMapper;

/**
 * Makes the JSON codec of any type that Jackson 3 can write and read.
 *
 * <p>The mapper is this factory's own, not the application's: a change of {@code spring.jackson.*} must not change what
 * stored answers mean. Modules on the class path are registered.
 */
final class JsonPayloadCodecFactory implements PayloadCodecFactory {

    @Override
    public PayloadCodec create(Type type, PayloadCodecs codecs) {
        if (type == String.class) {
            // The most common answer needs no look at its type, so Jackson is not loaded while the application starts.
            return new TextPayloadCodec(() -> json(type));
        }
        return json(type);
    }

    private static PayloadCodec json(Type type) {
        JsonMapper mapper = Json.MAPPER;
        refuseOpen(type, type);
        try {
            JavaType javaType = mapper.constructType(type);
            refuseAbstract(javaType, type);
            return new JsonPayloadCodec(mapper.writerFor(javaType), mapper.readerFor(javaType), javaType);
        } catch (JacksonException ex) {
            throw new UnsupportedPayloadException(
                    "Jackson can't read " + type.getTypeName() + " from JSON: " + ex.getOriginalMessage(),
                    "Return a record, a class with a constructor that Jackson can call, or a String.",
                    ex);
        }
    }

    private static void refuseAbstract(JavaType type, Type whole) {
        if (Json.MAPPER._deserializationContext().findRootValueDeserializer(type) instanceof AbstractDeserializer) {
            throw openType(whole);
        }
        if (type.getContentType() != null) {
            refuseAbstract(type.getContentType(), whole);
        }
    }

    private static void refuseOpen(Type type, Type whole) {
        if (type instanceof Class<?> raw) {
            refuseClass(raw, whole);
            if (elementOf(raw).getTypeParameters().length > 0) {
                // Raw, as in a List that does not say of what.
                throw openType(whole);
            }
        } else if (type instanceof ParameterizedType parameterized) {
            refuseClass((Class<?>) parameterized.getRawType(), whole);
            for (Type argument : parameterized.getActualTypeArguments()) {
                refuseOpen(argument, whole);
            }
        } else if (type instanceof GenericArrayType array) {
            refuseOpen(array.getGenericComponentType(), whole);
        } else if (type instanceof WildcardType || type instanceof TypeVariable) {
            throw openType(whole);
        }
    }

    private static void refuseClass(Class<?> raw, Type whole) {
        if (raw == Object.class || raw == Number.class || raw == CharSequence.class || raw == Serializable.class) {
            throw openType(whole);
        }
        if (raw == void.class || raw == Void.class) {
            throw new UnsupportedPayloadException(
                    "it returns nothing, so there is no answer to keep", "Return the answer, such as a String.", null);
        }
        if (BaseStream.class.isAssignableFrom(raw)
                || Iterator.class.isAssignableFrom(raw)
                || Closeable.class.isAssignableFrom(raw)
                || Future.class.isAssignableFrom(raw)
                || CompletionStage.class.isAssignableFrom(raw)
                || Flow.Publisher.class.isAssignableFrom(raw)
                || isReactive(raw)) {
            throw new UnsupportedPayloadException(
                    whole.getTypeName() + " can be read only once, or is not the answer itself",
                    "Return the whole answer: a String, a record, a List, or a CompletableFuture of one of them.",
                    null);
        }
        if (raw.isArray()) {
            refuseClass(raw.getComponentType(), whole);
        }
    }

    private static Class<?> elementOf(Class<?> type) {
        return type.isArray() ? elementOf(type.getComponentType()) : type;
    }

    private static boolean isReactive(Class<?> raw) {
        for (Class<?> type = raw; type != null; type = type.getSuperclass()) {
            if (type.getName().equals("org.reactivestreams.Publisher")) {
                return true;
            }
            for (Class<?> implemented : type.getInterfaces()) {
                if (isReactive(implemented)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static UnsupportedPayloadException openType(Type whole) {
        return new UnsupportedPayloadException(
                whole.getTypeName() + " does not say what JSON is to be read back as",
                "Write the concrete type, such as String, a record or List<Foo>, without Object, ? or a type variable.",
                null);
    }

    private static final class Json {

        static final JsonMapper MAPPER = JsonMapper.builder()
                .findAndAddModules(JsonPayloadCodecFactory.class.getClassLoader())
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                // What is computed, such as isEmpty() of a record, is not written: nobody could read it back.
                .enable(MapperFeature.REQUIRE_SETTERS_FOR_GETTERS)
                // A date keeps the offset and the zone that it has.
                .enable(DateTimeFeature.WRITE_DATES_WITH_ZONE_ID)
                .disable(DateTimeFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE)
                .disable(DateTimeFeature.NORMALIZE_DESERIALIZED_ZONE_ID)
                .build();
    }
}
