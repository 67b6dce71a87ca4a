package io.github.llmcache.sample.web;

/**
 * What the cache has done since the sample started.
 *
 * @param asked the questions that were answered
 * @param hits those of them that the cache answered
 * @param millisSaved the waiting that the hits saved, in milliseconds
 * @param saved the tokens and the money that they saved
 */
record Totals(long asked, long hits, long millisSaved, Saved saved) {}
