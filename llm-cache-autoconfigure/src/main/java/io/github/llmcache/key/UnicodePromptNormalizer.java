package io.github.llmcache.key;

import java.text.Normalizer;
import java.util.Locale;

/**
 * The default normalizer: NFC, lower case, NFC, collapse white space, strip, in this order.
 *
 * <p>NFC is Unicode Normalization Form C (UAX #15); it stands on both sides of lower-casing because lower-casing can
 * leave a composable pair behind. White space is what {@link Character#isWhitespace(int)} or
 * {@link Character#isSpaceChar(int)} says, so no-break spaces count. Lower case is that of no language, and every sigma
 * becomes {@code σ}, at the end of a word too. Thread-safe.
 *
 * <p>Takes linear time, so that no prompt can be made to hold a thread: a text with a run of more than 128 combining
 * marks, which no language writes, is not composed.
 */
public final class UnicodePromptNormalizer implements PromptNormalizer {

    private static final int MAX_MARKS = 128;

    /** Creates the normalizer. */
    public UnicodePromptNormalizer() {}

    @Override
    public String normalize(String prompt, NormalizationSteps steps) {
        String text = prompt;
        if (steps.unicode()) {
            text = compose(text);
        }
        if (steps.lowerCase()) {
            text = lowerCase(text);
            if (steps.unicode()) {
                text = compose(text);
            }
        }
        if (steps.whiteSpace()) {
            text = collapse(text);
        }
        if (steps.strip()) {
            text = strip(text);
        }
        return text;
    }

    private static String lowerCase(String text) {
        // Java looks for the bounds of the word anew for each capital sigma, and copies the text for each dotted I:
        // both
        // in quadratic time.
        return text.replace('\u03A3', '\u03C3')
                .replace('\u03C2', '\u03C3')
                .replace("\u0130", "i\u0307")
                .toLowerCase(Locale.ROOT);
    }

    private static String compose(String text) {
        // Java sorts a run of combining marks in quadratic time.
        return hasLongRunOfMarks(text) || Normalizer.isNormalized(text, Normalizer.Form.NFC)
                ? text
                : Normalizer.normalize(text, Normalizer.Form.NFC);
    }

    private static boolean hasLongRunOfMarks(String text) {
        int run = 0;
        for (int i = 0; i < text.length(); ) {
            // The first combining mark is U+0300, so most texts are passed over char by char.
            int codePoint = text.charAt(i) < '\u0300' ? text.charAt(i) : text.codePointAt(i);
            run = isMark(codePoint) ? run + 1 : 0;
            if (run > MAX_MARKS) {
                return true;
            }
            i += Character.charCount(codePoint);
        }
        return false;
    }

    private static boolean isMark(int codePoint) {
        if (codePoint < 0x300) {
            return false;
        }
        int type = Character.getType(codePoint);
        return type == Character.NON_SPACING_MARK
                || type == Character.COMBINING_SPACING_MARK
                || type == Character.ENCLOSING_MARK;
    }

    private static String collapse(String text) {
        StringBuilder collapsed = null;
        boolean inRun = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean space = isSpace(c);
            // White space lies within the Basic Multilingual Plane, so a look at chars is enough.
            if (space && (inRun || c != ' ') && collapsed == null) {
                collapsed = new StringBuilder(text.length()).append(text, 0, i);
            }
            if (collapsed != null && !(space && inRun)) {
                collapsed.append(space ? ' ' : c);
            }
            inRun = space;
        }
        return collapsed == null ? text : collapsed.toString();
    }

    private static String strip(String text) {
        int start = 0;
        int end = text.length();
        while (start < end && isSpace(text.charAt(start))) {
            start++;
        }
        while (end > start && isSpace(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(start, end);
    }

    private static boolean isSpace(char c) {
        return c == ' '
                || (c < 128 ? Character.isWhitespace(c) : Character.isWhitespace(c) || Character.isSpaceChar(c));
    }
}
