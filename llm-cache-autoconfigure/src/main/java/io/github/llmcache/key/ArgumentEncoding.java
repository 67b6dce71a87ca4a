package io.github.llmcache.key;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.net.URL;
import java.time.ZoneId;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalAmount;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Currency;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The encodings of arguments: scalars, enums, dates, records, collections, arrays, maps and bytes, and whatever the
 * given encoders add.
 *
 * <p>Thread-safe. Maps and sets that keep no order are written in the order of their encoded keys or elements, so that
 * equal ones give equal bytes; all others in their own order, which a prompt may depend on. Collections of other classes
 * than those of the JDK and some well-known libraries may hold more than their elements, and are refused.
 */
public final class ArgumentEncoding {

    /** Classes whose {@code toString()} is complete and the same in every JVM. */
    private static final Set<Class<?>> TEXTUAL = Set.of(
            Boolean.class,
            Character.class,
            Byte.class,
            Short.class,
            Integer.class,
            Long.class,
            BigInteger.class,
            UUID.class,
            URI.class,
            Currency.class);

    /** The packages whose dates, times, amounts and zones say all they are in their {@code toString()}. */
    private static final Set<String> DATES = Set.of("java.time", "java.time.chrono", "java.time.temporal");

    /** Collections whose order of iteration is none that two equal ones share. */
    private static final List<Class<?>> UNORDERED =
            List.of(PriorityQueue.class, PriorityBlockingQueue.class, DelayQueue.class);

    /** Libraries whose collections hold nothing but their elements; of the JDK, all. */
    private static final List<String> COLLECTIONS = List.of(
            "java.",
            "com.google.common.collect.",
            "kotlin.collections.",
            "org.hibernate.collection.",
            "org.springframework.util.");

    /** Beginnings of the names of maps, sets and their views that keep no order of their own. */
    private static final List<String> KEEP_NO_ORDER = List.of(
            "java.util.HashMap",
            "java.util.HashSet",
            "java.util.Hashtable",
            "java.util.ImmutableCollections$",
            "java.util.concurrent.ConcurrentHashMap");

    private final List<ArgumentEncoder> encoders;
    private final @Nullable UnaryOperator<String> fold;

    /** Asked for each argument of each call. */
    private final ClassValue<Optional<ArgumentEncoder>> encoderByType = new ClassValue<>() {
        @Override
        protected Optional<ArgumentEncoder> computeValue(Class<?> type) {
            return encoders.stream().filter(encoder -> encoder.supports(type)).findFirst();
        }
    };

    /**
     * Creates the encoding.
     *
     * @param encoders encoders that are asked, in their order, before the built-in encodings
     */
    public ArgumentEncoding(List<ArgumentEncoder> encoders) {
        this(encoders, null);
    }

    private ArgumentEncoding(List<ArgumentEncoder> encoders, @Nullable UnaryOperator<String> fold) {
        this.encoders = List.copyOf(encoders);
        this.fold = fold;
    }

    /** The same encoding, but that texts are folded, and what is the same as its text is written as a text. */
    ArgumentEncoding folding(UnaryOperator<String> fold) {
        return new ArgumentEncoding(encoders, fold);
    }

    /**
     * Tells whether values of a class can be encoded, as far as the class alone can tell.
     *
     * @param type the class
     * @return false if no value of exactly this class can be encoded
     */
    public boolean supports(Class<?> type) {
        if (type.isArray()) {
            return supports(type.getComponentType());
        }
        return type.isPrimitive()
                || type == String.class
                || type.isRecord()
                || type.isEnum()
                || Enum.class.isAssignableFrom(type)
                || isTextual(type)
                || isDecimal(type)
                || type == Date.class
                || type == Locale.class
                || type == URL.class
                || type == Optional.class
                || type == OptionalInt.class
                || type == OptionalLong.class
                || type == OptionalDouble.class
                || isOrderedCollection(type)
                || Map.class.isAssignableFrom(type) && isKnownCollection(type)
                || encoderOf(type).isPresent();
    }

    void encode(Object value, CanonicalWriter out) {
        Class<?> type = value.getClass();
        if (fold != null && isFolded(type)) {
            out.text(fold.apply(value.toString()));
            return;
        }
        Optional<ArgumentEncoder> encoder = encoders.isEmpty() ? Optional.empty() : encoderOf(type);
        if (encoder.isPresent()) {
            // In a frame of its own, so that no encoder can write what means something else outside of it.
            CanonicalWriter part = out.part();
            encoder.get().encode(value, part);
            out.group("encoded " + type.getName(), 1).bytes(part.toByteArray());
        } else if (value instanceof String text) {
            out.text(text);
        } else if (value instanceof Enum<?> constant) {
            out.group("enum " + constant.getDeclaringClass().getName(), 1).text(constant.name());
        } else if (isTextual(type)) {
            out.group(type.getName(), 1).text(value.toString());
        } else if (isDecimal(type)) {
            encodeDecimal(value, out);
        } else if (value instanceof byte[] bytes) {
            out.bytes(bytes);
        } else if (type.isArray()) {
            encodeArray(value, out);
        } else if (value instanceof Set<?> set && isKnownCollection(type)) {
            encodeSet(set, out);
        } else if (value instanceof Map<?, ?> map && isKnownCollection(type)) {
            encodeMap(map, out);
        } else if (value instanceof Collection<?> collection && isOrderedCollection(type)) {
            encodeAll(value instanceof List ? "list" : "collection", collection, out);
        } else if (value instanceof Record) {
            encodeRecord(value, type, out);
        } else {
            encodeOther(value, type, out);
        }
    }

    private static void encodeDecimal(Object value, CanonicalWriter out) {
        if (value instanceof Double number) {
            out.group("double", 1).number(Double.doubleToRawLongBits(number));
        } else if (value instanceof Float number) {
            out.group("float", 1).number(Float.floatToRawIntBits(number));
        } else {
            BigDecimal number = (BigDecimal) value;
            out.group("decimal", 2).text(number.unscaledValue().toString()).number(number.scale());
        }
    }

    private static void encodeOther(Object value, Class<?> type, CanonicalWriter out) {
        if (value instanceof Optional<?> optional) {
            out.group("optional", 1).value(optional.orElse(null));
        } else if (value instanceof OptionalInt || value instanceof OptionalLong || value instanceof OptionalDouble) {
            out.group(type.getName(), 1).text(value.toString());
        } else if (type == Date.class) {
            out.group("date", 1).number(((Date) value).getTime());
        } else if (value instanceof Locale locale) {
            encodeLocale(locale, out);
        } else if (value instanceof URL url) {
            out.group("url", 1).text(url.toExternalForm());
        } else {
            throw new UnstableArgumentException(type, "has no encoding that is the same in every JVM");
        }
    }

    private static void encodeLocale(Locale locale, CanonicalWriter out) {
        // Part by part: neither the language tag nor the text of a locale holds its ill-formed parts.
        Set<Character> extensions = locale.getExtensionKeys();
        out.group("locale", 4 + 2 * extensions.size())
                .text(locale.getLanguage())
                .text(locale.getScript())
                .text(locale.getCountry())
                .text(locale.getVariant());
        for (Character extension : extensions) {
            out.text(extension.toString()).text(locale.getExtension(extension));
        }
    }

    private static void encodeArray(Object array, CanonicalWriter out) {
        int length = Array.getLength(array);
        out.group("array " + array.getClass().getComponentType().getName(), length);
        for (int i = 0; i < length; i++) {
            out.value(Array.get(array, i));
        }
    }

    private static void encodeAll(String kind, Collection<?> elements, CanonicalWriter out) {
        // A copy, because a collection that another thread changes would betray its announced length.
        Object[] copy = elements.toArray();
        out.group(kind, copy.length);
        for (Object element : copy) {
            out.value(element);
        }
    }

    private static void encodeSet(Set<?> set, CanonicalWriter out) {
        List<byte[]> parts = new ArrayList<>(set.size());
        for (Object element : set) {
            parts.add(out.part().value(element).toByteArray());
        }
        writeParts("set", set.getClass(), parts, out);
    }

    private static void encodeMap(Map<?, ?> map, CanonicalWriter out) {
        List<byte[]> parts = new ArrayList<>(map.size());
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            parts.add(out.part().value(entry.getKey()).value(entry.getValue()).toByteArray());
        }
        writeParts("map", map.getClass(), parts, out);
    }

    private static void writeParts(String kind, Class<?> type, List<byte[]> parts, CanonicalWriter out) {
        boolean ordered = KEEP_NO_ORDER.stream().noneMatch(type.getName()::startsWith);
        if (!ordered) {
            parts.sort(Arrays::compareUnsigned);
        }
        out.group(ordered ? "ordered " + kind : kind, parts.size());
        for (byte[] part : parts) {
            out.bytes(part);
        }
    }

    private static void encodeRecord(Object value, Class<?> type, CanonicalWriter out) {
        RecordComponent[] components = type.getRecordComponents();
        out.group("record " + type.getName(), 2 * components.length);
        for (RecordComponent component : components) {
            out.text(component.getName()).value(read(component, value, type));
        }
    }

    @SuppressWarnings("NullAway") // a component may be null, which reflection can't say
    private static Object read(RecordComponent component, Object value, Class<?> type) {
        try {
            // The field, because an accessor that is written by hand may tell less than the record holds.
            Field field = type.getDeclaredField(component.getName());
            field.setAccessible(true);
            return field.get(value);
        } catch (ReflectiveOperationException | RuntimeException ex) {
            throw new UnstableArgumentException(type, "does not let its component " + component.getName() + " be read");
        }
    }

    private static boolean isTextual(Class<?> type) {
        return TEXTUAL.contains(type)
                || DATES.contains(type.getPackageName())
                        && (TemporalAccessor.class.isAssignableFrom(type)
                                || TemporalAmount.class.isAssignableFrom(type)
                                || ZoneId.class.isAssignableFrom(type));
    }

    private static boolean isFolded(Class<?> type) {
        return type == String.class || TEXTUAL.contains(type);
    }

    private static boolean isDecimal(Class<?> type) {
        return type == Double.class || type == Float.class || type == BigDecimal.class;
    }

    private static boolean isOrderedCollection(Class<?> type) {
        return Collection.class.isAssignableFrom(type)
                && isKnownCollection(type)
                && UNORDERED.stream().noneMatch(unordered -> unordered.isAssignableFrom(type));
    }

    private static boolean isKnownCollection(Class<?> type) {
        return COLLECTIONS.stream().anyMatch(type.getName()::startsWith);
    }

    /**
     * Tells whether values of a class are encoded by this class itself, so that equal ones always give the same bytes.
     *
     * @param type the class
     * @return false if one of the given encoders is asked
     */
    public boolean isBuiltIn(Class<?> type) {
        return encoders.isEmpty() || encoderOf(type).isEmpty();
    }

    private Optional<ArgumentEncoder> encoderOf(Class<?> type) {
        return encoderByType.get(type);
    }
}
