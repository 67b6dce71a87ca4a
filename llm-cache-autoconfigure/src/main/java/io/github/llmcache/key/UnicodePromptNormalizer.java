package io.github.llmcache.key;

import java.text.Normalizer;
import java.util.Locale;

/**
 * The default normalizer: NFC, lower case, NFC, collapse white space, strip, in this order.
 *
 * <p>NFC is Unicode Normalization Form C (UAX #15); it stands on both sides of lower-casing because lower-casing can
 * leave a composable pair behind. White space is what {@link Character#isWhitespace(int)} or
 * {@link Character#isSpaceChar(int)} says, so no-break spaces count. Thread-safe.
 */
public final class UnicodePromptNormalizer implements PromptNormalizer {

    /** Creates the normalizer. */
    public UnicodePromptNormalizer() {}

    @Override
    public String normalize(String prompt, NormalizationSteps steps) {
        String text = prompt;
        if (steps.unicode()) {
            text = compose(text);
        }
        if (steps.lowerCase()) {
            text = text.toLowerCase(Locale.ROOT);
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

    private static String compose(String text) {
        return Normalizer.isNormalized(text, Normalizer.Form.NFC)
                ? text
                : Normalizer.normalize(text, Normalizer.Form.NFC);
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
