package io.github.llmcache.redis;

import io.github.llmcache.tier.CacheEntry;
import io.github.llmcache.tier.EntryTerms;
import io.github.llmcache.tier.Eviction;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One thing that entries can be evicted by. */
record Term(Kind kind, String value) {

    private static final Term ALL = new Term(Kind.ALL, "");

    /** The kinds of terms. */
    enum Kind {
        ALL,
        DIGEST,
        KEY,
        TAG,
        MODEL,
        SCOPE;

        private final String segment = name().toLowerCase(Locale.ROOT);

        /** As it stands in keys. */
        String segment() {
            return segment;
        }
    }

    /** The term that an eviction names. */
    static Term of(Eviction eviction) {
        if (eviction instanceof Eviction.OfDigest of) {
            return new Term(Kind.DIGEST, of.digest());
        }
        if (eviction instanceof Eviction.OfKey of) {
            return new Term(Kind.KEY, of.key());
        }
        if (eviction instanceof Eviction.OfTag of) {
            return new Term(Kind.TAG, of.tag());
        }
        if (eviction instanceof Eviction.OfModel of) {
            return new Term(Kind.MODEL, of.model());
        }
        if (eviction instanceof Eviction.OfScope of) {
            return new Term(Kind.SCOPE, of.scope());
        }
        return ALL;
    }

    /** All terms that an entry can be evicted by. */
    static List<Term> allOf(CacheEntry entry) {
        List<Term> terms = indexedOf(entry);
        terms.add(ALL);
        terms.add(new Term(Kind.DIGEST, entry.digest()));
        return terms;
    }

    /** The terms by which an entry can be found only with an index. */
    static List<Term> indexedOf(CacheEntry entry) {
        List<Term> terms = new ArrayList<>();
        EntryTerms known = entry.terms();
        add(terms, Kind.MODEL, entry.model());
        add(terms, Kind.SCOPE, known.scope());
        add(terms, Kind.KEY, known.key());
        known.tags().forEach(tag -> add(terms, Kind.TAG, tag));
        return terms;
    }

    private static void add(List<Term> terms, Kind kind, @Nullable String value) {
        if (value != null) {
            terms.add(new Term(kind, value));
        }
    }

    /** Names the kind alone: a value may name a person. */
    @Override
    public String toString() {
        return "Term[" + kind + "]";
    }
}
