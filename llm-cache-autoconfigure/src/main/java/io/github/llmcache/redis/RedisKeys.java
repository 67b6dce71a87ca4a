package io.github.llmcache.redis;

import io.github.llmcache.key.KeyStyle;
import io.github.llmcache.key.PromptKey;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Makes the keys that entries have in Redis, and the patterns that find them.
 *
 * <p>What comes from users is percent-encoded for {@code %}, {@code :}, braces and glob characters, so that no two names
 * meet in one key. Thread-safe.
 */
public final class RedisKeys {

    /** How many characters of the digest a readable key carries; the whole one stands in the entry. */
    private static final int SHORT_DIGEST = 22;

    /** The longest prompt, in characters, that a readable key shows. */
    private static final int LONGEST_READABLE = 100;

    private static final String ENCODED = "%:{}*?[]\\^~";

    private final String prefix;

    /**
     * Creates the keys.
     *
     * @param prefix what stands before every key, may be empty
     */
    public RedisKeys(String prefix) {
        this.prefix = prefix;
    }

    /**
     * The beginning of all keys of a cache.
     *
     * @param cache the cache
     * @return the prefix, the cache's name and a colon
     */
    public String beginning(String cache) {
        return prefix + encode(cache) + ":";
    }

    /**
     * The key of an entry.
     *
     * @param key the key of the request
     * @param style how it is to look
     * @return the key in Redis
     */
    public String key(PromptKey key, KeyStyle style) {
        String prompt = style == KeyStyle.READABLE ? key.prompt() : null;
        return beginning(key.cache())
                + (isReadable(prompt) ? encode(String.valueOf(prompt)) + "~" + shortened(key.digest()) : key.digest());
    }

    /**
     * The pattern, for {@code SCAN}, of all keys of a cache.
     *
     * @param cache the cache
     * @return the pattern
     */
    public String pattern(String cache) {
        return escape(beginning(cache)) + "*";
    }

    /**
     * The pattern, for {@code SCAN}, of the readable key that an entry may have.
     *
     * @param cache the cache
     * @param digest the whole digest
     * @return the pattern
     */
    String readablePattern(String cache, String digest) {
        return escape(beginning(cache)) + "*~" + escape(shortened(digest));
    }

    /** The key of the hash that tells what the caches were switched to. */
    String modes() {
        return prefix + "llm-cache:mode";
    }

    /** The bytes of a key. */
    static byte[] bytes(String key) {
        return key.getBytes(StandardCharsets.UTF_8);
    }

    /** A key generator of the application's own may make shorter digests. */
    private static String shortened(String digest) {
        return digest.substring(0, Math.min(SHORT_DIGEST, digest.length()));
    }

    private static boolean isReadable(@Nullable String prompt) {
        if (prompt == null || prompt.isEmpty() || prompt.length() > LONGEST_READABLE) {
            return false;
        }
        return prompt.codePoints().allMatch(RedisKeys::isPrintable);
    }

    private static boolean isPrintable(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
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
