package io.github.llmcache.tier;

/** Which entries of a cache are to be taken away. */
public sealed interface Eviction {

    /**
     * The entry of one request.
     *
     * @param digest the whole digest
     */
    record OfDigest(String digest) implements Eviction {}

    /**
     * The entries of all methods whose explicit key yields the same.
     *
     * @param key the digest of the explicit key, as in {@link EntryTerms#key()}
     */
    record OfKey(String key) implements Eviction {}

    /**
     * The entries that carry a tag.
     *
     * @param tag the tag
     */
    record OfTag(String tag) implements Eviction {}

    /**
     * The answers of a model.
     *
     * @param model the model's name
     */
    record OfModel(String model) implements Eviction {}

    /**
     * The answers that belong to somebody.
     *
     * @param scope the scope
     */
    record OfScope(String scope) implements Eviction {}

    /** All entries of the cache. */
    record OfAll() implements Eviction {}
}
