package io.github.llmcache.redis;

import org.jspecify.annotations.Nullable;

/**
 * Makes the keys of the hash layout: a hash for each model of a cache, in which every answer is a field.
 *
 * <p>Thread-safe.
 */
final class HashKeys {

    /** No cache may be called so, hence no answer with a key of its own begins with it. */
    private static final String BEGINNING = "cache:";

    /** Stands for no model. A name never shows as this, because its tildes are encoded. */
    private static final String NO_MODEL = "~none";

    private final String prefix;
    private final String own;

    /**
     * Creates the keys.
     *
     * @param prefix what stands before every key
     * @param own what stands before every key that is no answer's
     */
    HashKeys(String prefix, String own) {
        this.prefix = prefix;
        this.own = own;
    }

    /** The key of the hash in which the answers of a model lie. */
    String hash(String cache, @Nullable String model) {
        return prefix + BEGINNING + (model == null ? NO_MODEL : KeySegments.shown(model)) + ":"
                + KeySegments.encode(cache);
    }

    /** The place of an answer. */
    FieldPlace place(String cache, @Nullable String model, String digest) {
        return new FieldPlace(hash(cache, model), digest);
    }

    /** The place that has a name, whichever layout it is of. */
    EntryPlace named(String name) {
        int afterModel =
                name.startsWith(prefix + BEGINNING) ? name.indexOf(':', prefix.length() + BEGINNING.length()) : -1;
        int afterCache = afterModel < 0 ? -1 : name.indexOf(':', afterModel + 1);
        return afterCache < 0
                ? new KeyPlace(name)
                : new FieldPlace(name.substring(0, afterCache), name.substring(afterCache + 1));
    }

    /** The pattern, for {@code SCAN}, of the hashes of a cache; it may match more than {@link #isOf}. */
    String pattern(String cache) {
        return KeySegments.escape(prefix) + BEGINNING + "*:" + KeySegments.escape(KeySegments.encode(cache));
    }

    /** Whether a key is that of a hash of a cache. */
    boolean isOf(String cache, String key) {
        String end = ":" + KeySegments.encode(cache);
        int begin = prefix.length() + BEGINNING.length();
        return key.startsWith(prefix + BEGINNING)
                && key.endsWith(end)
                && key.length() - end.length() > begin
                && key.indexOf(':', begin) == key.length() - end.length();
    }

    /** The key of the index of the hashes of a cache. */
    String index(String cache) {
        return own + "index:" + KeySegments.encode(cache) + ":hashes";
    }

    /** The key of the lease of an answer, in the slot of its hash. */
    String lease(String hash, String digest) {
        return own + "lease:{" + hash + "}:" + digest;
    }

    /** The pattern, for {@code SCAN}, of the leases of the answers of a hash. */
    String leasePattern(String hash) {
        return KeySegments.escape(own + "lease:{" + hash + "}:") + "*";
    }

    /** The pattern, for {@code SCAN}, of the leases of the answers of all hashes of a cache; it may match more. */
    String leasesPattern(String cache) {
        return KeySegments.escape(own + "lease:{" + prefix) + BEGINNING + "*:"
                + KeySegments.escape(KeySegments.encode(cache) + "}:") + "*";
    }
}
