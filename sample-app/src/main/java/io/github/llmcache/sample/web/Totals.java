package io.github.llmcache.sample.web;

/**
 * What the cache has done since the sample started.
 *
 * @param asked the questions that were answered
 * @param spared those of them for which the model was not asked: hits, old answers that are refreshed in the background, and
 *     answers of an equal question that was under way
 * @param millisSaved the waiting that answers from the cache saved, in milliseconds
 * @param saved the tokens and the money that all of the spared ones saved
 */
record Totals(long asked, long spared, long millisSaved, Saved saved) {

    Totals plus(Totals other) {
        return new Totals(
                asked + other.asked, spared + other.spared, millisSaved + other.millisSaved, saved.plus(other.saved));
    }
}
