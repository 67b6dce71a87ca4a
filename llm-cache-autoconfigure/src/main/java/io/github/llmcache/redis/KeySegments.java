package io.github.llmcache.redis;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * Writes names that come from users as segments of keys and as patterns, and reads them back.
 *
 * <p>Percent-encoded is what separates segments, is a hash tag of a cluster or a glob, and what can't be printed.
 */
final class KeySegments {

    /** The longest tag, scope, model or key, in characters, that a key shows whole. */
    private static final int LONGEST_SHOWN = 100;

    private static final String ENCODED = "%:{}*?[]\\^~";

    private KeySegments() {}

    /** A name such that no two are the same text, of bounded length. */
    static String shown(String value) {
        return value.length() <= LONGEST_SHOWN
                ? encode(value)
                : encode(value.substring(0, LONGEST_SHOWN)) + "~" + hash(value);
    }

    private static String hash(String value) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(RedisKeys.bytes(value));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
        } catch (NoSuchAlgorithmException ex) {
            throw new IllegalStateException("Every Java has SHA-256", ex);
        }
    }

    /** A name such that no two are the same text, and none is a pattern. */
    static String encode(String segment) {
        StringBuilder encoded = null;
        for (int i = 0; i < segment.length(); i++) {
            char c = segment.charAt(i);
            boolean special = c < ' ' || c == 127 || ENCODED.indexOf(c) >= 0;
            if (special && encoded == null) {
                encoded = new StringBuilder(segment.length() + 8).append(segment, 0, i);
            }
            if (encoded != null) {
                if (special) {
                    encoded.append('%')
                            .append(Character.toUpperCase(Character.forDigit(c >> 4, 16)))
                            .append(Character.toUpperCase(Character.forDigit(c & 15, 16)));
                } else {
                    encoded.append(c);
                }
            }
        }
        return encoded == null ? segment : encoded.toString();
    }

    /** What was {@link #encode encoded}. */
    static String decode(String segment) {
        StringBuilder decoded = new StringBuilder(segment.length());
        for (int i = 0; i < segment.length(); i++) {
            char c = segment.charAt(i);
            if (c == '%') {
                decoded.append((char) Integer.parseInt(segment, i + 1, i + 3, 16));
                i += 2;
            } else {
                decoded.append(c);
            }
        }
        return decoded.toString();
    }

    /** Makes a pattern that matches a text alone. */
    static String escape(String literal) {
        StringBuilder escaped = new StringBuilder(literal.length() + 4);
        for (int i = 0; i < literal.length(); i++) {
            char c = literal.charAt(i);
            if ("*?[]\\^".indexOf(c) >= 0) {
                escaped.append('\\');
            }
            escaped.append(c);
        }
        return escaped.toString();
    }
}
