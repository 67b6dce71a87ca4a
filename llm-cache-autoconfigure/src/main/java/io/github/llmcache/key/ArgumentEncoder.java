package io.github.llmcache.key;

/**
 * Gives the arguments of some types an encoding that is the same in every JVM.
 *
 * <p>Implementations are thread-safe. Beans of this type are asked before the built-in encodings. What one writes stands in
 * a frame with the name of the value's class, so it can never be taken for a value of another class.
 */
public interface ArgumentEncoder {

    /**
     * Tells whether this encoder knows a type. Asked once for each type.
     *
     * @param type the class of an argument, or the declared class of a parameter
     * @return whether {@link #encode} takes values of it
     */
    boolean supports(Class<?> type);

    /**
     * Writes a value so that no two different values of its class give the same bytes.
     *
     * @param value a value of a supported class
     * @param out where to write
     */
    void encode(Object value, CanonicalWriter out);
}
