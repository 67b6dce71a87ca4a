package io.github.llmcache.key;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes the digests by which the answers of methods with an explicit key are found again: the SHA-256 of the canonical
 * encoding of what the key yields, in base64url without padding.
 *
 * <p>Coarser than the keys of entries, so that an eviction finds too much rather than too little: all texts in the value are
 * folded by all steps, whatever the steps of a method are, and whole numbers, UUIDs and the like are the same as their texts.
 * Thread-safe.
 */
public final class ExplicitKeyDigest {

    /** Raised when the encoding changes. */
    private static final int FORMAT = 1;

    private final ArgumentEncoding encoding;

    /**
     * Creates the digests.
     *
     * @param encoding how values are encoded
     * @param normalizer folds the texts in them
     */
    public ExplicitKeyDigest(ArgumentEncoding encoding, PromptNormalizer normalizer) {
        this.encoding = encoding.folding(text -> normalizer.normalize(text, NormalizationSteps.ALL));
    }

    /**
     * Tells whether an explicit key can yield values of a class, as far as the class alone can tell.
     *
     * @param type the class
     * @return false if no value of exactly this class has a digest
     */
    public boolean supports(Class<?> type) {
        return encoding.supports(type);
    }

    /**
     * Makes the digest of what an explicit key yields.
     *
     * @param value the value; of an {@code Optional} what it holds counts
     * @return the digest, or null where there is no value
     * @throws UnstableArgumentException if the value has no encoding that is the same in every JVM
     */
    public @Nullable String of(@Nullable Object value) {
        Object plain = value instanceof Optional<?> optional ? optional.orElse(null) : value;
        return plain == null
                ? null
                : CanonicalKeyGenerator.digest(
                        new CanonicalWriter(encoding).number(FORMAT).value(plain));
    }
}
