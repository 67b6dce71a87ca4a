package io.github.llmcache.engine;

import org.jspecify.annotations.Nullable;

/**
 * What a cache stores besides whole answers, and for which requests to models it is used.
 *
 * @param truncated whether answers are stored that a limit of tokens cut off
 * @param filtered whether answers are stored that a content filter took a part of
 * @param empty whether answers are stored that have nothing in them
 * @param toolCalls whether answers are stored in which the model asks for a tool to be run
 * @param unknownFinish whether answers are stored of which the model does not tell why it ended
 * @param maxTemperature the highest temperature of requests to a model that are cached, or null for any
 */
public record AdmissionSettings(
        boolean truncated,
        boolean filtered,
        boolean empty,
        boolean toolCalls,
        boolean unknownFinish,
        @Nullable Double maxTemperature) {

    /** Whole answers alone, for requests of any temperature. */
    public static final AdmissionSettings DEFAULTS = new AdmissionSettings(false, false, false, false, false, null);
}
