package io.github.llmcache.key;

/**
 * The steps by which a prompt is folded, each switchable.
 *
 * @param unicode whether characters that Unicode holds to be the same are composed (NFC, UAX #15)
 * @param lowerCase whether letters are lower-cased, independent of the locale
 * @param whiteSpace whether each run of white space becomes one space
 * @param strip whether white space is taken away from both ends
 */
public record NormalizationSteps(boolean unicode, boolean lowerCase, boolean whiteSpace, boolean strip) {

    /** Every step, the default. */
    public static final NormalizationSteps ALL = new NormalizationSteps(true, true, true, true);

    /** No step: the prompt is taken as it is. */
    public static final NormalizationSteps NONE = new NormalizationSteps(false, false, false, false);
}
