package io.github.llmcache.payload;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An answer as JSON in UTF-8.
 *
 * <p>Immutable, as long as nobody writes to the bytes it was made of: it is a view of them, so that an answer can be
 * taken out of an entry without a copy.
 */
public final class Payload {

    private final byte[] bytes;
    private final int offset;
    private final int length;

    private Payload(byte[] bytes, int offset, int length) {
        this.bytes = bytes;
        this.offset = offset;
        this.length = length;
    }

    /**
     * Makes a payload of bytes that nobody changes any more.
     *
     * @param json JSON in UTF-8
     * @return the payload
     */
    public static Payload of(byte[] json) {
        return new Payload(json, 0, json.length);
    }

    /**
     * Makes a payload of a part of bytes that nobody changes any more.
     *
     * @param bytes bytes that hold JSON in UTF-8
     * @param offset where the JSON begins
     * @param length how many bytes it takes
     * @return the payload
     */
    public static Payload of(byte[] bytes, int offset, int length) {
        if (offset < 0 || length < 0 || offset > bytes.length - length) {
            throw new IndexOutOfBoundsException("offset " + offset + ", length " + length + " of " + bytes.length);
        }
        return new Payload(bytes, offset, length);
    }

    /** The bytes that this payload is a part of; not to be written to. */
    public byte[] bytes() {
        return bytes;
    }

    /** Where the payload begins in {@link #bytes()}. */
    public int offset() {
        return offset;
    }

    /** How many bytes the payload has. */
    public int length() {
        return length;
    }

    /** The payload's JSON as text. */
    public String json() {
        return new String(bytes, offset, length, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Payload that
                && Arrays.equals(bytes, offset, offset + length, that.bytes, that.offset, that.offset + that.length);
    }

    @Override
    public int hashCode() {
        int hash = 1;
        for (int i = offset; i < offset + length; i++) {
            hash = 31 * hash + bytes[i];
        }
        return hash;
    }

    /** Tells the size, never the content. */
    @Override
    public String toString() {
        return "Payload[" + length + " bytes]";
    }
}
