package io.github.llmcache.annotation;

/** A step by which a prompt is folded before it becomes part of a key. */
public enum Normalize {
    /** All steps; stands alone. */
    ALL,
    /** No step, for prompts in which case or indentation carries meaning, such as code; stands alone. */
    NONE,
    /** Composes characters that Unicode holds to be the same (NFC, UAX #15). */
    UNICODE,
    /** Lower-cases, independent of the locale. */
    LOWER_CASE,
    /** Makes one space of each run of white space. */
    WHITE_SPACE,
    /** Takes white space away from both ends. */
    STRIP
}
