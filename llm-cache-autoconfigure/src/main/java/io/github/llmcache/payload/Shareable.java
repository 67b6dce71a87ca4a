package io.github.llmcache.payload;

import java.lang.reflect.Field;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.ZoneId;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalAmount;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Tells which answers nobody can change, so that one object may be given to several callers.
 *
 * <p>Goes by the very classes of an answer and of all that it holds, never by what they are declared as: a subclass may
 * have something that can be changed.
 */
final class Shareable {

    private static final Set<Class<?>> IMMUTABLE = Set.of(
            String.class,
            Boolean.class,
            Character.class,
            Byte.class,
            Short.class,
            Integer.class,
            Long.class,
            Float.class,
            Double.class,
            BigDecimal.class,
            BigInteger.class,
            UUID.class,
            OptionalInt.class,
            OptionalLong.class,
            OptionalDouble.class);

    /** Of a record class the fields whose values decide; empty where the class is out of the question. */
    private static final ClassValue<Optional<Field[]>> COMPONENTS = new ClassValue<>() {
        @Override
        protected Optional<Field[]> computeValue(Class<?> type) {
            return componentsOf(type);
        }
    };

    private Shareable() {}

    static boolean test(@Nullable Object value) {
        if (value == null) {
            return true;
        }
        Class<?> type = value.getClass();
        if (IMMUTABLE.contains(type) || value instanceof Enum<?> || isOfTime(type)) {
            return true;
        }
        if (value instanceof Optional<?> optional) {
            return test(optional.orElse(null));
        }
        return value instanceof Record && testComponents(value, COMPONENTS.get(type));
    }

    private static boolean testComponents(Object value, Optional<Field[]> fields) {
        if (fields.isEmpty()) {
            return false;
        }
        try {
            for (Field field : fields.get()) {
                if (!field.getType().isPrimitive() && !test(field.get(value))) {
                    return false;
                }
            }
            return true;
        } catch (IllegalAccessException ex) {
            return false;
        }
    }

    /** Nobody can add classes to the package, and none of its values can be changed. */
    private static boolean isOfTime(Class<?> type) {
        return type.getPackageName().equals("java.time")
                && (TemporalAccessor.class.isAssignableFrom(type)
                        || TemporalAmount.class.isAssignableFrom(type)
                        || ZoneId.class.isAssignableFrom(type));
    }

    private static Optional<Field[]> componentsOf(Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        Field[] fields = new Field[components.length];
        try {
            for (int i = 0; i < fields.length; i++) {
                Class<?> declared = components[i].getType();
                if (declared.isArray()
                        || Collection.class.isAssignableFrom(declared)
                        || Map.class.isAssignableFrom(declared)) {
                    return Optional.empty();
                }
                fields[i] = type.getDeclaredField(components[i].getName());
                fields[i].setAccessible(true);
            }
            return Optional.of(fields);
        } catch (ReflectiveOperationException | RuntimeException ex) {
            return Optional.empty();
        }
    }
}
