package io.github.llmcache.payload;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Whether an object that was read back is what was written, in its classes and in its values, all the way down.
 *
 * <p>Equal JSON is not enough: a record in a component that is declared as {@code Object} comes back as a map, and is
 * written as the same JSON again. Lists, sets and maps may come back as other lists, sets and maps. Records and classes
 * are compared field by field, without transient ones. Used once, by one thread.
 */
final class Sameness {

    private final Function<Object, byte[]> json;
    private final Set<Object> path = Collections.newSetFromMap(new IdentityHashMap<>());

    /**
     * Creates a comparison.
     *
     * @param json writes an object that can be compared in no other way
     */
    Sameness(Function<Object, byte[]> json) {
        this.json = json;
    }

    boolean of(@Nullable Object written, @Nullable Object read) {
        if (written == null || read == null || written == read) {
            return written == read;
        }
        if (written instanceof String || written instanceof Number) {
            return written.getClass() == read.getClass() && equal(written, read);
        }
        if (!path.add(written)) {
            // A cycle, which is being compared already.
            return true;
        }
        boolean same = ofObjects(written, read);
        path.remove(written);
        return same;
    }

    private boolean ofObjects(Object written, Object read) {
        if (written instanceof Map<?, ?> map) {
            return read instanceof Map<?, ?> other && ofMaps(map, other);
        }
        if (written instanceof Collection<?> collection) {
            return read instanceof Collection<?> other && ofCollections(collection, other);
        }
        if (written instanceof Optional<?> optional) {
            return read instanceof Optional<?> other && of(optional.orElse(null), other.orElse(null));
        }
        if (written.getClass() != read.getClass()) {
            return false;
        }
        if (written.getClass().isArray()) {
            return ofArrays(written, read);
        }
        return isOfJava(written.getClass()) || written instanceof Enum ? equal(written, read) : ofFields(written, read);
    }

    private boolean ofMaps(Map<?, ?> written, Map<?, ?> read) {
        if (written.size() != read.size()
                || written instanceof SortedMap<?, ?> sorted
                        && !sameOrder(sorted.comparator(), read instanceof SortedMap<?, ?> s ? s.comparator() : null)) {
            return false;
        }
        // A map of our own, because the lookup of a map with a comparator can throw.
        Map<Object, Map.Entry<?, ?>> byKey = new HashMap<>();
        read.entrySet().forEach(entry -> byKey.put(entry.getKey(), entry));
        for (Map.Entry<?, ?> entry : written.entrySet()) {
            Map.Entry<?, ?> match = byKey.get(entry.getKey());
            if (match == null || !of(entry.getKey(), match.getKey()) || !of(entry.getValue(), match.getValue())) {
                return false;
            }
        }
        return true;
    }

    private boolean ofCollections(Collection<?> written, Collection<?> read) {
        if (written.size() != read.size()
                || written instanceof List && !(read instanceof List)
                || written instanceof Set != read instanceof Set) {
            return false;
        }
        return written instanceof Set<?> set ? ofSets(set, read) : inOrder(written, read);
    }

    private boolean ofSets(Set<?> written, Collection<?> read) {
        if (written instanceof SortedSet<?> sorted
                && !sameOrder(sorted.comparator(), read instanceof SortedSet<?> s ? s.comparator() : null)) {
            return false;
        }
        Map<Object, Object> byValue = new HashMap<>();
        read.forEach(element -> byValue.put(element, element));
        for (Object element : written) {
            if (!byValue.containsKey(element) || !of(element, byValue.get(element))) {
                return false;
            }
        }
        return true;
    }

    private boolean inOrder(Collection<?> written, Collection<?> read) {
        Iterator<?> others = read.iterator();
        for (Object element : written) {
            if (!others.hasNext() || !of(element, others.next())) {
                return false;
            }
        }
        return true;
    }

    private boolean ofArrays(Object written, Object read) {
        if (!(written instanceof Object[] elements)) {
            return Objects.deepEquals(written, read);
        }
        int length = elements.length;
        for (int i = 0; i < length; i++) {
            if (Array.getLength(read) != length || !of(elements[i], Array.get(read, i))) {
                return false;
            }
        }
        return Array.getLength(read) == length;
    }

    private boolean ofFields(Object written, Object read) {
        List<Field> fields = new ArrayList<>();
        try {
            Class<?> type = written.getClass();
            for (; !isOfJava(type); type = type.getSuperclass()) {
                for (Field field : type.getDeclaredFields()) {
                    if (!Modifier.isStatic(field.getModifiers()) && !Modifier.isTransient(field.getModifiers())) {
                        field.setAccessible(true);
                        fields.add(field);
                    }
                }
            }
            if (type != Object.class && type != Record.class && !equal(written, read)) {
                // A class of Java is extended, into which nobody may look.
                return false;
            }
            boolean equal = !(written instanceof Record) && overridesEquals(written) && written.equals(read);
            for (Field field : fields) {
                Object one = field.get(written);
                Object other = field.get(read);
                // What equal objects leave empty or count is theirs to say: a hash that is computed late, say.
                boolean lenient = equal && (field.getType().isPrimitive() || one == null || other == null);
                if (!lenient && !of(one, other)) {
                    return false;
                }
            }
            return true;
        } catch (IllegalAccessException | RuntimeException ex) {
            // A module that lets nobody look inside.
            return equal(written, read);
        }
    }

    private boolean equal(Object written, Object read) {
        return overridesEquals(written) ? written.equals(read) : Arrays.equals(json.apply(written), json.apply(read));
    }

    private static boolean sameOrder(@Nullable Object written, @Nullable Object read) {
        return Objects.equals(written, read);
    }

    private static boolean overridesEquals(Object object) {
        try {
            return object.getClass().getMethod("equals", Object.class).getDeclaringClass() != Object.class;
        } catch (NoSuchMethodException ex) {
            return false;
        }
    }

    private static boolean isOfJava(Class<?> type) {
        return type.getName().startsWith("java.");
    }
}
