package io.github.llmcache.engine;

import io.github.llmcache.event.RejectionReason;
import org.jspecify.annotations.Nullable;

/**
 * Keeps whole answers, and others as far as the settings of their cache say.
 *
 * <p>Thread-safe.
 */
public final class CompleteAnswers implements AdmissionPolicy {

    private final CacheCatalog catalog;

    /**
     * Creates the policy.
     *
     * @param catalog knows the settings of each cache
     */
    public CompleteAnswers(CacheCatalog catalog) {
        this.catalog = catalog;
    }

    @Override
    public @Nullable RejectionReason rejectionOf(AnswerCandidate candidate) {
        AdmissionSettings stored = catalog.settingsOf(candidate.cache()).admission();
        return switch (candidate.state()) {
            case COMPLETE -> null;
            case EMPTY -> stored.empty() ? null : RejectionReason.EMPTY;
            case TRUNCATED -> stored.truncated() ? null : RejectionReason.TRUNCATED;
            case FILTERED -> stored.filtered() ? null : RejectionReason.FILTERED;
            case TOOL_CALL -> stored.toolCalls() ? null : RejectionReason.TOOL_CALL;
            case UNKNOWN -> stored.unknownFinish() ? null : RejectionReason.UNKNOWN_FINISH;
        };
    }

    @Override
    public boolean admits(RequestTraits request) {
        Double highest = catalog.settingsOf(request.cache()).admission().maxTemperature();
        return highest == null || request.temperature() == null || request.temperature() <= highest;
    }
}
