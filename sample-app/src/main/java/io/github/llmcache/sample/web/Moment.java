package io.github.llmcache.sample.web;

import java.time.Instant;

/**
 * How the totals stood after a question.
 *
 * @param at when it was answered
 * @param totals the totals since the start
 */
record Moment(Instant at, Totals totals) {}
