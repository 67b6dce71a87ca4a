package io.github.llmcache.redis;

import io.github.llmcache.key.KeyStyle;
import io.github.llmcache.key.PromptKey;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.function.Consumer;
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

    /** No cache may have this name. */
    private static final String OWN = "llm-cache:";

    private static final String MODEL_END = ":config";

    private final String prefix;
    private final HashKeys hashes;

    /**
     * Creates the keys.
     *
     * @param prefix what stands before every key, may be empty
     */
    public RedisKeys(String prefix) {
        this.prefix = prefix;
        this.hashes = new HashKeys(prefix, prefix + OWN);
    }

    /** The keys of the hash layout. */
    HashKeys hashes() {
        return hashes;
    }

    /**
     * The beginning of all keys of a cache.
     *
     * @param cache the cache
     * @return the prefix, the cache's name and a colon
     */
    public String beginning(String cache) {
        return prefix + KeySegments.encode(cache) + ":";
    }

    /** The beginning that a key has, up to the colon after the cache's name; empty where it has none. */
    String beginningOf(String redisKey) {
        int colon = redisKey.startsWith(prefix) ? redisKey.indexOf(':', prefix.length()) : -1;
        return redisKey.substring(0, colon + 1);
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
                + (isReadable(prompt)
                        ? KeySegments.encode(String.valueOf(prompt)) + "~" + shortened(key.digest())
                        : key.digest());
    }

    /**
     * The pattern, for {@code SCAN}, of all keys of a cache.
     *
     * @param cache the cache
     * @return the pattern
     */
    public String pattern(String cache) {
        return KeySegments.escape(beginning(cache)) + "*";
    }

    /**
     * The pattern, for {@code SCAN}, of the readable key that an entry may have.
     *
     * @param cache the cache
     * @param digest the whole digest
     * @return the pattern
     */
    String readablePattern(String cache, String digest) {
        return KeySegments.escape(beginning(cache)) + "*~" + KeySegments.escape(shortened(digest));
    }

    /**
     * The key as which Redis tells that an entry has changed: of a readable key, only a part of the digest can be seen.
     *
     * @param key the key of the request
     * @param style how its key in Redis looks
     * @return the key itself, or one with a shortened digest and no prompt
     */
    public PromptKey tracked(PromptKey key, KeyStyle style) {
        return style == KeyStyle.READABLE && key.digest().length() > SHORT_DIGEST
                ? new PromptKey(key.cache(), shortened(key.digest()), null)
                : key;
    }

    /**
     * Tells which entries may have changed when a key in Redis has.
     *
     * @param redisKey a key that begins as those of the cache
     * @param cache the cache
     * @param style how keys of the cache look
     * @param changed takes the keys as they are tracked
     */
    void changed(String redisKey, String cache, KeyStyle style, Consumer<PromptKey> changed) {
        String rest = redisKey.substring(beginning(cache).length());
        if (style == KeyStyle.DIGEST) {
            changed.accept(new PromptKey(cache, rest, null));
            return;
        }
        // No prompt holds an encoded tilde, but the digest of an application's own key generator may.
        changed.accept(new PromptKey(cache, shortened(rest), null));
        int tilde = rest.indexOf('~');
        if (tilde >= 0) {
            changed.accept(new PromptKey(cache, shortened(rest.substring(tilde + 1)), null));
        }
    }

    /**
     * The key of the lease of an entry, in the entry's slot of a cluster.
     *
     * @param entryKey the entry's key in Redis
     * @return the key in Redis
     */
    public String lease(String entryKey) {
        return prefix + OWN + "lease:{" + entryKey + "}";
    }

    /** The pattern, for {@code SCAN}, of the leases of all entries of a cache. */
    String leasePattern(String cache) {
        return KeySegments.escape(prefix + OWN + "lease:{" + beginning(cache)) + "*";
    }

    /**
     * The key of a conversation.
     *
     * @param user whose it is
     * @param session which of the user's
     * @return the key in Redis, never that of another user or session
     */
    public String chat(String user, String session) {
        return prefix + "chat:" + KeySegments.encode(user) + ":" + KeySegments.encode(session);
    }

    /**
     * The key of the list of a user's conversations, a sorted set.
     *
     * @param user the user
     * @return the key in Redis
     */
    public String chats(String user) {
        return prefix + OWN + "chats:" + KeySegments.encode(user);
    }

    /**
     * The key of a counter of usage.
     *
     * @param subject whose usage, of which a long name is cut and hashed
     * @param unit the unit's segment
     * @param window the window's segment, or null for the window that has the plain keys
     * @param tagged whether all counters of the subject are to lie in one slot of a cluster
     * @return the key in Redis, never that of another subject
     */
    String usage(String subject, String unit, @Nullable String window, boolean tagged) {
        String segment = KeySegments.shown(subject);
        // A tag in the prefix puts all keys into one slot already, and comes before any other.
        boolean tag = tagged && prefix.indexOf('{') < 0;
        return prefix + "usage:" + (tag ? "{" + segment + "}" : segment) + ":" + unit
                + (window == null ? "" : ":" + window);
    }

    /** The channel on which is told, by the entry's key, that a lease has ended; an empty message means any. */
    String landed() {
        return prefix + OWN + "landed";
    }

    /**
     * The key of the counter of a cache's evictions.
     *
     * @param cache the cache
     * @return the key in Redis
     */
    public String generation(String cache) {
        return prefix + OWN + "generation:" + KeySegments.encode(cache);
    }

    /**
     * The key of what all JVMs counted of a cache on a day.
     *
     * @param cache the cache
     * @param day the day, in UTC
     * @return the key in Redis
     */
    public String statistics(String cache, LocalDate day) {
        return prefix + OWN + "stats:" + KeySegments.encode(cache) + ":" + day;
    }

    /**
     * The key of what tells how many different prompts a cache was asked on a day. All days of a cache are in one slot of a
     * cluster.
     */
    String prompts(String cache, LocalDate day) {
        return prefix + OWN + "prompts:{" + KeySegments.encode(cache) + "}:" + day;
    }

    /** The key of the number of the last counts that a JVM has added there, in the slot of them in a cluster. */
    String counted(String statisticsKey, String jvm) {
        return prefix + OWN + "counted:{" + statisticsKey + "}:" + jvm;
    }

    /** The key of the mark that keeps the counter's value at the last eviction by a term. */
    String mark(String cache, Term term) {
        return generation(cache) + ":" + segment(term);
    }

    /** The key of the index of the entries that have a term. */
    String index(String cache, Term term) {
        return indexes() + KeySegments.encode(cache) + ":" + segment(term);
    }

    /** The pattern, for {@code SCAN}, of the indexes of a term in all caches. */
    String indexPattern(Term term) {
        return KeySegments.escape(indexes()) + "*" + KeySegments.escape(":" + segment(term));
    }

    /** The cache of an index that has the pattern of a term. */
    String cacheOfIndex(String index, Term term) {
        return KeySegments.decode(index.substring(
                indexes().length(), index.length() - segment(term).length() - 1));
    }

    private String indexes() {
        return prefix + OWN + "index:";
    }

    /**
     * Tells whether the leases of entries lie in their entries' slots under a prefix.
     *
     * <p>A cluster places a key by what stands between its first opening brace and the next closing one, if that is
     * anything: the prefix has to have no brace at all, or to begin with such a tag.
     *
     * @param prefix what is to stand before every key
     * @return whether it has no braces other than a hash tag
     */
    public static boolean isUsable(String prefix) {
        int open = prefix.indexOf('{');
        return open < 0 ? prefix.indexOf('}') < 0 : prefix.indexOf('}', open) > open + 1;
    }

    private static String segment(Term term) {
        return term.kind().segment() + ":" + KeySegments.shown(term.value());
    }

    /**
     * The key of what is registered of a model.
     *
     * @param model the model's name
     * @return the key in Redis
     */
    public String model(String model) {
        return models() + KeySegments.encode(model) + MODEL_END;
    }

    /** The pattern, for {@code SCAN}, of what is registered of all models. */
    String modelPattern() {
        return KeySegments.escape(models()) + "*" + MODEL_END;
    }

    /** The model of a key that has the pattern of them; null where a name is not encoded so, which nobody asks for. */
    @Nullable
    String modelOf(String key) {
        String segment = key.substring(models().length(), key.length() - MODEL_END.length());
        try {
            String name = KeySegments.decode(segment);
            return KeySegments.encode(name).equals(segment) ? name : null;
        } catch (IndexOutOfBoundsException | NumberFormatException ex) {
            return null;
        }
    }

    private String models() {
        return prefix + "model:";
    }

    /**
     * The key of the prompts that were seen under a name.
     *
     * @param name the name
     * @return the key in Redis
     */
    public String dedup(String name) {
        return prefix + "dedup:" + KeySegments.encode(name);
    }

    /** The key of the hash that tells what the caches were switched to. */
    String modes() {
        return prefix + OWN + "mode";
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
}
