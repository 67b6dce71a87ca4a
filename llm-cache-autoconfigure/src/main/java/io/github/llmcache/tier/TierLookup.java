package io.github.llmcache.tier;

/** What a tier has for a key. */
public sealed interface TierLookup {

    /**
     * The tier has an entry.
     *
     * @param entry the entry, whose digest is the key's
     */
    record Hit(CacheEntry entry) implements TierLookup {}

    /** The tier has nothing. */
    record Miss() implements TierLookup {

        /** The one miss. */
        public static final Miss INSTANCE = new Miss();
    }

    /**
     * The tier could not say, or has something that is no entry of this release.
     *
     * @param kind what went wrong
     */
    record Failure(FailureKind kind) implements TierLookup {

        /**
         * Tells whether an answer may be stored under the key after this failure.
         *
         * @return false for an entry of a newer format, which is left alone
         */
        public boolean mayStore() {
            return kind != FailureKind.NEWER_FORMAT;
        }
    }
}
