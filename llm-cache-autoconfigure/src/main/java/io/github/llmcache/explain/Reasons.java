package io.github.llmcache.explain;

import io.github.llmcache.engine.LookupPreview.Finding;
import io.github.llmcache.engine.LookupPreview.Result;
import io.github.llmcache.engine.LookupPreview.State;
import io.github.llmcache.event.BypassReason;
import io.github.llmcache.tier.FailureKind;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Says in a sentence or two why a call goes as it does, without any text of a call. */
final class Reasons {

    private Reasons() {}

    static String ofBypass(BypassReason reason) {
        return switch (reason) {
            case CONDITION -> "The condition of the method is false for these arguments.";
            case SCOPE -> "The scope is null or blank for this call, so it is not known whose answer it would be.";
            case PROMPT -> "The prompt, or what the key yields, is null or blank.";
            case ARGUMENT -> "An argument has no form that is the same in every JVM, so no key can be made of it.";
            case EXPRESSION -> "An expression of the annotation (condition, scope or key) failed.";
            case BEAN ->
                "The bean is no singleton of the application, or something other than a proxy stands around it.";
            case STRATEGY -> "A strategy that makes the key, such as the key generator, failed.";
            case ADMISSION -> "Requests like this one are not cached: see llm-cache.admission.";
            case NO_STORE -> "The call carries the directive no-store.";
            case MODE -> "The cache is switched off.";
            case MODEL_CONFIG ->
                "What is registered of the model has not been read from Redis yet, so its version is not known.";
        };
    }

    static String of(Result result, @Nullable NearestEntries nearest) {
        if (result.bypass() != null) {
            return ofBypass(result.bypass());
        }
        if (result.insists()) {
            return "The model is asked in any case, because of the mode refresh or the directive no-cache.";
        }
        return switch (result.outcome()) {
            case HIT -> "The tier " + result.tier() + " has a fresh answer.";
            case STALE ->
                "The tier " + result.tier()
                        + " has an answer that is no longer fresh; it is served, and refreshed in the background.";
            default -> ofMiss(result, nearest);
        };
    }

    private static String ofMiss(Result result, @Nullable NearestEntries nearest) {
        Finding farthest = result.findings().isEmpty()
                ? null
                : result.findings().get(result.findings().size() - 1);
        String found = farthest == null ? "There is no tier." : ofFarthest(farthest);
        NearEntry first = NearestSearch.first(nearest);
        return farthest == null || farthest.state() != State.NOT_FOUND || nearest == null
                ? found
                : found + " " + (first == null ? ofNothing(nearest) : ofNearest(nearest, first));
    }

    private static String ofFarthest(Finding farthest) {
        String tier = "The tier " + farthest.tier();
        return switch (farthest.state()) {
            case NOT_FOUND -> tier + " has nothing under the key: it was never stored, has expired or was evicted.";
            case EXPIRED -> tier + " has an answer that is too old for this call.";
            case OLD -> tier + " has an old answer, which is served only if the model fails.";
            case UNREADABLE ->
                farthest.problem() == FailureKind.NEWER_FORMAT
                        ? tier + " has an entry of a newer release, which is left alone."
                        : tier + " has something under the key that can't be read; it is overwritten.";
            case FAILED -> tier + " could not say: " + kind(farthest.problem()) + ".";
            case FRESH, STALE -> tier + " has an answer.";
        };
    }

    private static String ofNothing(NearestEntries nearest) {
        if (nearest.problem() != null) {
            return "Its other entries could not be read: " + kind(nearest.problem()) + ".";
        }
        return nearest.complete() ? "The cache has no entries." : "None was found in the time for it.";
    }

    private static String ofNearest(NearestEntries nearest, NearEntry first) {
        String which = "The nearest of " + (nearest.complete() ? "" : "the first ") + nearest.compared()
                + (nearest.compared() == 1 ? " entry" : " entries");
        if (first.differences().isEmpty()) {
            return first.unknown().isEmpty()
                    ? which + " answers the very same, but stands under another key in Redis (key-style)."
                    : which + " is of another request, but does not tell in what it differs.";
        }
        return which + " differs in "
                + first.differences().stream().map(Reasons::told).collect(Collectors.joining(", ")) + ".";
    }

    private static String told(Difference difference) {
        String label = difference.component().label();
        return difference.component().isSetting()
                ? label + " (" + shown(difference.request()) + ", the entry has " + shown(difference.entry()) + ")"
                : label;
    }

    private static String shown(@Nullable String value) {
        return value == null ? "none" : value;
    }

    private static String kind(@Nullable FailureKind kind) {
        return kind == null ? "unknown" : kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
