package io.github.llmcache.web;

import io.github.llmcache.engine.PromptDirectives;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads the directives of the {@code Cache-Control} header of a request (RFC 9111, section 5.2.1). */
final class CacheControl {

    /** The age that a larger one is taken for (RFC 9111, section 1.2.2). */
    private static final long LARGEST_AGE = 1L << 31;

    private CacheControl() {}

    /** What all values of the header ask for; directives that are not known, and ages that are none, are left out. */
    static PromptDirectives read(Iterable<String> values) {
        PromptDirectives asked = PromptDirectives.NONE;
        for (String value : values) {
            for (String directive : split(value)) {
                asked = asked.and(directive(directive));
            }
        }
        return asked;
    }

    private static PromptDirectives directive(String directive) {
        int equals = directive.indexOf('=');
        String name =
                (equals < 0 ? directive : directive.substring(0, equals)).trim().toLowerCase(Locale.ROOT);
        return switch (name) {
            case "no-cache" -> PromptDirectives.NO_CACHE;
            case "no-store" -> PromptDirectives.NO_STORE;
            case "only-if-cached" -> PromptDirectives.ONLY_IF_CACHED;
            case "max-age" -> maxAge(equals < 0 ? "" : directive.substring(equals + 1));
            default -> PromptDirectives.NONE;
        };
    }

    private static PromptDirectives maxAge(String argument) {
        Long seconds = seconds(unquoted(argument.trim()));
        return seconds == null ? PromptDirectives.NONE : PromptDirectives.maxAge(Duration.ofSeconds(seconds));
    }

    private static @Nullable Long seconds(String digits) {
        if (digits.isEmpty() || !digits.chars().allMatch(digit -> digit >= '0' && digit <= '9')) {
            return null;
        }
        try {
            return Math.min(LARGEST_AGE, Long.parseLong(digits));
        } catch (NumberFormatException ex) {
            return LARGEST_AGE;
        }
    }

    private static String unquoted(String argument) {
        boolean quoted = argument.length() >= 2 && argument.startsWith("\"") && argument.endsWith("\"");
        return quoted ? argument.substring(1, argument.length() - 1) : argument;
    }

    /** Splits at the commas that stand in no quotes. */
    private static List<String> split(String value) {
        List<String> parts = new ArrayList<>();
        boolean quoted = false;
        int start = 0;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (quoted && c == '\\') {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                parts.add(value.substring(start, i));
                start = i + 1;
            }
        }
        parts.add(value.substring(start));
        return parts;
    }
}
