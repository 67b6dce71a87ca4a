package io.github.llmcache.tier;

import io.github.llmcache.payload.PayloadCodec;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a tier has for a key. */
public sealed interface TierLookup {

    /**
     * The tier has an entry, whose digest is the key's.
     *
     * <p>Thread-safe, so that a tier in memory gives the same hit to all: an answer that can't be changed is read from
     * JSON once, every other one anew for each caller.
     */
    final class Hit implements TierLookup {

        private final CacheEntry entry;
        private final @Nullable Duration ttlLeft;
        private volatile @Nullable Shared shared;

        /**
         * Creates a hit of which it is not known how long it lives.
         *
         * @param entry the entry
         */
        public Hit(CacheEntry entry) {
            this(entry, null);
        }

        /**
         * Creates a hit.
         *
         * @param entry the entry
         * @param ttlLeft how long the tier keeps the entry from the moment on that the lookup began, or null if that is
         *     not known, so that no nearer tier may keep it
         */
        public Hit(CacheEntry entry, @Nullable Duration ttlLeft) {
            this.entry = entry;
            this.ttlLeft = ttlLeft;
        }

        /** The entry. */
        public CacheEntry entry() {
            return entry;
        }

        /** How long the tier keeps the entry from the moment on that the lookup began, or null if that is not known. */
        public @Nullable Duration ttlLeft() {
            return ttlLeft;
        }

        /**
         * Reads the answer.
         *
         * @param codec the codec of the method's answers
         * @return the answer, which nobody else holds unless it can't be changed
         * @throws io.github.llmcache.payload.PayloadException if it can't be read
         */
        public Object answer(PayloadCodec codec) {
            Shared known = shared;
            if (known != null && known.codec == codec) {
                return known.answer;
            }
            Object answer = codec.decode(entry.payload());
            if (codec.isShareable(answer)) {
                shared = new Shared(codec, answer);
            }
            return answer;
        }

        private record Shared(PayloadCodec codec, Object answer) {}

        /** Names the digest, never the prompt or the answer. */
        @Override
        public String toString() {
            return "Hit[" + entry.digest() + "]";
        }
    }

    /**
     * The tier has nothing.
     *
     * @param fill takes what a farther tier has, or null where the tier is not filled that way
     */
    record Miss(@Nullable Fill fill) implements TierLookup {

        /** A miss that is not filled. */
        public static final Miss INSTANCE = new Miss(null);
    }

    /** Takes what a farther tier has; made before that tier is asked, so that what changes meanwhile is noticed. */
    @FunctionalInterface
    interface Fill {

        /**
         * Takes a hit of a farther tier, or drops it if the key has changed since the fill was made. Never throws.
         *
         * @param cache the cache
         * @param hit what the farther tier has
         */
        void accept(String cache, Hit hit);
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
