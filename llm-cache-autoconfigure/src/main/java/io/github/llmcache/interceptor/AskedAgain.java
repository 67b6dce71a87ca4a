package io.github.llmcache.interceptor;

import java.lang.reflect.Field;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * All that the key of a call is made from, where none of it can ever change: equal only to what gives the same key.
 *
 * <p>Immutable. Records are compared by their components and not by their own {@code equals}, which may be written to hold
 * different ones equal.
 */
final class AskedAgain {

    /** Classes without subclasses that never change, whose {@code equals} holds no two values equal that differ. */
    private static final Set<Class<?>> ATOMS = Set.of(
            String.class,
            Boolean.class,
            Character.class,
            Byte.class,
            Short.class,
            Integer.class,
            Long.class,
            BigDecimal.class,
            BigInteger.class,
            UUID.class,
            Instant.class,
            LocalDate.class,
            LocalTime.class,
            LocalDateTime.class,
            OffsetTime.class,
            OffsetDateTime.class,
            ZonedDateTime.class,
            Year.class,
            YearMonth.class,
            MonthDay.class,
            Duration.class,
            Period.class);

    private static final Object NULL = new Object();

    private static final ClassValue<Optional<Field[]>> FIELDS = new ClassValue<>() {
        @Override
        protected Optional<Field[]> computeValue(Class<?> type) {
            return fieldsOf(type);
        }
    };

    private final KeyRecipe recipe;
    private final String bean;
    private final @Nullable String version;
    private final @Nullable String scope;
    private final Object[] parts;
    private final int hash;

    private AskedAgain(
            KeyRecipe recipe, String bean, @Nullable String version, @Nullable String scope, Object[] parts) {
        this.recipe = recipe;
        this.bean = bean;
        this.version = version;
        this.scope = scope;
        this.parts = parts;
        // The bean tells few calls apart, but many may ask the same question in scopes of their own.
        int sum = System.identityHashCode(recipe) + (scope == null ? 0 : scope.hashCode());
        for (Object part : parts) {
            sum = 31 * sum + part.hashCode();
        }
        this.hash = sum;
    }

    /**
     * Takes down what a call asks.
     *
     * @param recipe how the method's calls become requests, told by identity
     * @param bean the bean's name
     * @param version the version of the model, or null
     * @param scope whose answer it is, or null
     * @param positions those of the arguments that tell calls of the recipe apart
     * @param arguments the arguments of the call
     * @param encodable tells of which classes the values are encoded as they are, and not by a strategy of the user's own
     * @return null where any of it could change, or is of a type whose equality is not known
     */
    static @Nullable AskedAgain of(
            KeyRecipe recipe,
            String bean,
            @Nullable String version,
            @Nullable String scope,
            int[] positions,
            @Nullable Object[] arguments,
            Predicate<Class<?>> encodable) {
        Object[] parts = new Object[positions.length];
        for (int i = 0; i < parts.length; i++) {
            Object value = arguments[positions[i]];
            if (value instanceof Record) {
                return ofParts(recipe, bean, version, scope, positions, arguments, encodable);
            }
            if (value != null && !isAtom(value, encodable)) {
                return null;
            }
            parts[i] = value == null ? NULL : value;
        }
        return new AskedAgain(recipe, bean, version, scope, parts);
    }

    /** The same where an argument has parts of its own. */
    private static @Nullable AskedAgain ofParts(
            KeyRecipe recipe,
            String bean,
            @Nullable String version,
            @Nullable String scope,
            int[] positions,
            @Nullable Object[] arguments,
            Predicate<Class<?>> encodable) {
        List<Object> parts = new ArrayList<>();
        for (int index : positions) {
            if (!add(arguments[index], parts, encodable)) {
                return null;
            }
        }
        return new AskedAgain(recipe, bean, version, scope, parts.toArray());
    }

    /** How many characters all of it takes. */
    long characters() {
        long length = bean.length() + length(version) + length(scope);
        for (Object part : parts) {
            length += part instanceof String text ? text.length() : 8;
        }
        return length;
    }

    private static int length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }

    private static boolean isAtom(Object value, Predicate<Class<?>> encodable) {
        Class<?> type = value.getClass();
        return (type == String.class || ATOMS.contains(type) || value instanceof Enum<?>) && encodable.test(type);
    }

    private static boolean add(@Nullable Object value, List<Object> parts, Predicate<Class<?>> encodable) {
        if (value == null) {
            parts.add(NULL);
            return true;
        }
        if (isAtom(value, encodable)) {
            parts.add(value);
            return true;
        }
        Class<?> type = value.getClass();
        if (!(value instanceof Record) || !encodable.test(type)) {
            return false;
        }
        parts.add(type);
        return addComponents(value, type, parts, encodable);
    }

    private static boolean addComponents(
            Object value, Class<?> type, List<Object> parts, Predicate<Class<?>> encodable) {
        Optional<Field[]> fields = FIELDS.get(type);
        if (fields.isEmpty()) {
            return false;
        }
        for (Field field : fields.get()) {
            try {
                if (!add(field.get(value), parts, encodable)) {
                    return false;
                }
            } catch (IllegalAccessException ex) {
                return false;
            }
        }
        return true;
    }

    private static Optional<Field[]> fieldsOf(Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        Field[] fields = new Field[components.length];
        try {
            for (int i = 0; i < fields.length; i++) {
                fields[i] = type.getDeclaredField(components[i].getName());
                fields[i].setAccessible(true);
            }
            return Optional.of(fields);
        } catch (ReflectiveOperationException | RuntimeException ex) {
            return Optional.empty();
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        if (!(other instanceof AskedAgain that)
                || hash != that.hash
                || recipe != that.recipe
                || parts.length != that.parts.length
                || !bean.equals(that.bean)
                || !Objects.equals(version, that.version)
                || !Objects.equals(scope, that.scope)) {
            return false;
        }
        for (int i = 0; i < parts.length; i++) {
            if (!isSame(parts[i], that.parts[i])) {
                return false;
            }
        }
        return true;
    }

    private static boolean isSame(Object part, Object other) {
        return part == other || part.getClass() == other.getClass() && part.equals(other);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    /** Names nothing of what was asked. */
    @Override
    public String toString() {
        return "AskedAgain[" + Integer.toHexString(hash) + "]";
    }
}
