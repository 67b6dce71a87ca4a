package io.github.llmcache.redis;

import io.github.llmcache.payload.Payload;
import io.github.llmcache.tier.CacheEntry;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.serializer.RedisSerializer;
import org.springframework.data.redis.serializer.SerializationException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes values of plain {@code @Cacheable} methods as entries: texts, booleans, Integers, Doubles, lists and maps, which JSON
 * gives back as they were.
 *
 * <p>Spring's cache abstraction does not tell the type to read back, and a type's name in the value would let whoever
 * writes to Redis choose the class that is made. So a value of any other type is refused. Thread-safe.
 */
final class PlainValueSerializer implements RedisSerializer<Object> {

    /** No request has an empty digest, so {@code @CachedPrompt} never takes such an entry for its own. */
    private static final String NO_DIGEST = "";

    private final EntryCodec codec = new EntryCodec();
    private final Duration ttl;
    private final InstantSource clock;

    PlainValueSerializer(Duration ttl, InstantSource clock) {
        this.ttl = ttl;
        this.clock = clock;
    }

    @Override
    public byte[] serialize(@Nullable Object value) {
        if (value == null) {
            throw new SerializationException("There is no value to keep");
        }
        try {
            byte[] payload = Json.MAPPER.writeValueAsBytes(value);
            Object back = Json.MAPPER.readValue(payload, Object.class);
            if (!value.equals(back) || !canStandFor(value, back)) {
                throw refused(value);
            }
            Instant now = clock.instant();
            return codec.write(new CacheEntry(NO_DIGEST, Payload.of(payload), now, now.plus(ttl), null, null, null));
        } catch (JacksonException ex) {
            throw refused(value);
        }
    }

    @Override
    public @Nullable Object deserialize(byte @Nullable [] bytes) {
        if (bytes == null) {
            return null;
        }
        CacheEntry entry = codec.read(bytes);
        if (!entry.digest().equals(NO_DIGEST)) {
            throw new SerializationException("The entry is an answer of a @CachedPrompt method");
        }
        Payload payload = entry.payload();
        try {
            return Json.MAPPER.readValue(payload.bytes(), payload.offset(), payload.length(), Object.class);
        } catch (JacksonException ex) {
            throw new SerializationException("The entry's payload can't be read");
        }
    }

    /**
     * Whether what is read back is of every type that the value is of, so that no caller meets another type: a sorted map
     * equals the unsorted one that JSON gives, but is not to be replaced by it.
     */
    private static boolean canStandFor(@Nullable Object value, @Nullable Object back) {
        if (value == null || back == null) {
            return value == back;
        }
        if (!isOfAllTypesOf(value.getClass(), back)) {
            return false;
        }
        if (value instanceof List<?> list && back instanceof List<?> other) {
            Iterator<?> others = other.iterator();
            return list.stream().allMatch(element -> canStandFor(element, others.next()));
        }
        if (value instanceof Map<?, ?> map && back instanceof Map<?, ?> other) {
            return map.entrySet().stream().allMatch(entry -> canStandFor(entry.getValue(), other.get(entry.getKey())));
        }
        return true;
    }

    private static boolean isOfAllTypesOf(Class<?> type, Object back) {
        if (Modifier.isPublic(type.getModifiers()) && !type.isInstance(back)) {
            return false;
        }
        Class<?> parent = type.getSuperclass();
        return (parent == null || isOfAllTypesOf(parent, back))
                && Arrays.stream(type.getInterfaces()).allMatch(implemented -> isOfAllTypesOf(implemented, back));
    }

    private static SerializationException refused(Object value) {
        return new SerializationException("A " + value.getClass().getName()
                + " does not read back from plain JSON as it is; use @CachedPrompt, which knows the type");
    }

    /** Made when the first value is read or written: most applications have none. */
    private static final class Json {

        static final JsonMapper MAPPER = JsonMapper.builder().build();
    }
}
