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
    private final Object[] parts;
    private final int hash;
    private final long characters;

    private AskedAgain(KeyRecipe recipe, List<Object> parts) {
        this.recipe = recipe;
        this.parts = parts.toArray();
        int sum = System.identityHashCode(recipe);
        long length = 0;
        for (Object part : this.parts) {
            sum = 31 * sum + part.hashCode();
            length += part instanceof String text ? text.length() : 8;
        }
        this.hash = sum;
        this.characters = length;
    }

    /**
     * Takes down what a call asks.
     *
     * @param recipe how the method's calls become requests, told by identity
     * @param fixed what else the key is made from: texts, or null
     * @param arguments the arguments of the call
     * @param encodable tells of which classes the values are encoded as they are, and not by a strategy of the user's own
     * @return null where any of it could change, or is of a type whose equality is not known
     */
    static @Nullable AskedAgain of(
            KeyRecipe recipe, @Nullable String[] fixed, @Nullable Object[] arguments, Predicate<Class<?>> encodable) {
        List<Object> parts = new ArrayList<>(fixed.length + recipe.inKey().size());
        for (String text : fixed) {
            parts.add(text == null ? NULL : text);
        }
        for (int index : recipe.inKey()) {
            if (!add(arguments[index], parts, encodable)) {
                return null;
            }
        }
        // Beside the key the prompt is what people read, and without one there is no key.
        int prompt = recipe.promptIndex();
        if (prompt >= 0 && !recipe.inKey().contains(prompt) && !add(arguments[prompt], parts, encodable)) {
            return null;
        }
        return new AskedAgain(recipe, parts);
    }

    long characters() {
        return characters;
    }

    private static boolean add(@Nullable Object value, List<Object> parts, Predicate<Class<?>> encodable) {
        if (value == null) {
            parts.add(NULL);
            return true;
        }
        Class<?> type = value.getClass();
        boolean atom = ATOMS.contains(type) || value instanceof Enum<?>;
        if (!(atom || value instanceof Record) || !encodable.test(type)) {
            return false;
        }
        parts.add(atom ? value : type);
        return atom || addComponents(value, type, parts, encodable);
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
                || parts.length != that.parts.length) {
            return false;
        }
        for (int i = 0; i < parts.length; i++) {
            if (parts[i].getClass() != that.parts[i].getClass() || !parts[i].equals(that.parts[i])) {
                return false;
            }
        }
        return true;
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
