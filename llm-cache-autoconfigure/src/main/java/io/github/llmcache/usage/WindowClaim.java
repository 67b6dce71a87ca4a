package io.github.llmcache.usage;

import java.time.Duration;

/**
 * What is to be done with the counters of one window.
 *
 * @param window the window
 * @param left how long it still lasts, positive
 * @param owed what has been used already and is added in any case; negative parts are given back
 * @param wanted what is added if no limit of any window has been reached
 * @param limit the limit
 */
public record WindowClaim(UsageWindow window, Duration left, UsageAmount owed, UsageAmount wanted, UsageLimit limit) {}
