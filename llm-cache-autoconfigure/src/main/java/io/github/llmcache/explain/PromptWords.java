package io.github.llmcache.explain;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The words of a prompt, to see how much two prompts are alike at little cost. Immutable. */
final class PromptWords {

    /** A prompt is known by its first words well enough. */
    private static final int MOST = 200;

    private final Set<String> words;

    private PromptWords(Set<String> words) {
        this.words = words;
    }

    static PromptWords of(@Nullable String prompt) {
        Set<String> words = new HashSet<>();
        int start = -1;
        int length = prompt == null ? 0 : prompt.length();
        for (int i = 0; i <= length && words.size() < MOST && prompt != null; i++) {
            boolean inWord = i < length && Character.isLetterOrDigit(prompt.charAt(i));
            if (inWord && start < 0) {
                start = i;
            } else if (!inWord && start >= 0) {
                words.add(prompt.substring(start, i).toLowerCase(Locale.ROOT));
                start = -1;
            }
        }
        return new PromptWords(words);
    }

    /** The share of all words of both that both have, from 0 to 1; 0 where there are none. */
    double shared(PromptWords other) {
        long both = words.stream().filter(other.words::contains).count();
        long all = words.size() + other.words.size() - both;
        return all == 0 ? 0 : (double) both / all;
    }
}
