package io.github.llmcache.key;

import java.security.MessageDigest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes values in a canonical, length-prefixed form: what is written can be told apart without separators.
 *
 * <p>Text is written in CESU-8, one encoding for each UTF-16 code unit, so that texts with lone surrogates stay
 * different too. Not thread-safe.
 */
public final class CanonicalWriter {

    private static final int MAX_DEPTH = 64;

    /** A few objects that hold each other twice over, level by level, unfold without end within the depth. */
    private static final int MAX_VALUES = 1_000_000;

    private final ArgumentEncoding encoding;
    private final Count count;
    private byte[] buffer = new byte[1024];
    private int size;
    private int depth;

    CanonicalWriter(ArgumentEncoding encoding) {
        this(encoding, new Count(), 0);
    }

    private CanonicalWriter(ArgumentEncoding encoding, Count count, int depth) {
        this.encoding = encoding;
        this.count = count;
        this.depth = depth;
    }

    /** How many values were written, by a writer and by those of its parts. */
    private static final class Count {

        private int values;
    }

    /**
     * Writes a text, or that there is none.
     *
     * @param text the text or null
     * @return this writer
     */
    public CanonicalWriter text(@Nullable String text) {
        if (text == null) {
            return tag('0');
        }
        tag('s');
        int at = size;
        length(0);
        int start = size;
        ensure(text.length());
        int ascii = asciiOf(text);
        ensure((text.length() - ascii) * 3);
        for (int i = ascii; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                buffer[size++] = (byte) c;
            } else if (c < 0x800) {
                buffer[size++] = (byte) (0xC0 | c >> 6);
                buffer[size++] = (byte) (0x80 | c & 0x3F);
            } else {
                buffer[size++] = (byte) (0xE0 | c >> 12);
                buffer[size++] = (byte) (0x80 | c >> 6 & 0x3F);
                buffer[size++] = (byte) (0x80 | c & 0x3F);
            }
        }
        putLength(at, size - start);
        return this;
    }

    /** Writes a text up to its first character that takes more than a byte, and tells where that is. */
    private int asciiOf(String text) {
        byte[] bytes = buffer;
        int at = size;
        int i = 0;
        for (; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                break;
            }
            bytes[at + i] = (byte) c;
        }
        size = at + i;
        return i;
    }

    /**
     * Writes bytes.
     *
     * @param bytes the bytes
     * @return this writer
     */
    public CanonicalWriter bytes(byte[] bytes) {
        tag('b');
        length(bytes.length);
        ensure(bytes.length);
        System.arraycopy(bytes, 0, buffer, size, bytes.length);
        size += bytes.length;
        return this;
    }

    /**
     * Writes a whole number.
     *
     * @param number the number
     * @return this writer
     */
    public CanonicalWriter number(long number) {
        tag('n');
        ensure(8);
        for (int shift = 56; shift >= 0; shift -= 8) {
            buffer[size++] = (byte) (number >> shift);
        }
        return this;
    }

    /**
     * Begins a group of parts: the parts follow, as many as said.
     *
     * @param kind what the group is, such as the name of a type
     * @param parts how many parts follow
     * @return this writer
     */
    public CanonicalWriter group(String kind, int parts) {
        tag('g');
        text(kind);
        length(parts);
        return this;
    }

    /**
     * Writes any value that the cache can encode.
     *
     * @param value the value or null
     * @return this writer
     * @throws UnstableArgumentException if the value, or a part of it, has no stable encoding or is nested too deeply
     */
    public CanonicalWriter value(@Nullable Object value) {
        if (value == null) {
            return tag('0');
        }
        if (++depth > MAX_DEPTH) {
            throw new UnstableArgumentException(value.getClass(), "is nested more than " + MAX_DEPTH + " deep");
        }
        if (++count.values > MAX_VALUES) {
            throw new UnstableArgumentException(value.getClass(), "is one of more than " + MAX_VALUES + " values");
        }
        encoding.encode(value, this);
        depth--;
        return this;
    }

    /** A writer for a part whose bytes are to be sorted or framed before they are written. */
    CanonicalWriter part() {
        return new CanonicalWriter(encoding, count, depth);
    }

    void update(MessageDigest digest) {
        digest.update(buffer, 0, size);
    }

    byte[] toByteArray() {
        return Arrays.copyOf(buffer, size);
    }

    private CanonicalWriter tag(char tag) {
        ensure(1);
        buffer[size++] = (byte) tag;
        return this;
    }

    private void length(int length) {
        ensure(4);
        size += 4;
        putLength(size - 4, length);
    }

    private void putLength(int at, int length) {
        buffer[at] = (byte) (length >> 24);
        buffer[at + 1] = (byte) (length >> 16);
        buffer[at + 2] = (byte) (length >> 8);
        buffer[at + 3] = (byte) length;
    }

    private void ensure(int more) {
        if (buffer.length - size < more) {
            buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, Math.addExact(size, more)));
        }
    }
}
