package io.github.llmcache.sample.web;

/**
 * What the cache has done since the sample started.
 *
 * @param asked the questions that were answered
 * @param hits those of them that the cache answered
 * @param millisSaved the waiting that the hits saved, in milliseconds
 */
record Totals(long asked, long hits, long millisSaved) {}
