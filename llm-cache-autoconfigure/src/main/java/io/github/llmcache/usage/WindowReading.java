package io.github.llmcache.usage;

import java.time.Duration;

/**
 * What the counters of one window say.
 *
 * @param used what is used or reserved
 * @param left how long the counters still live, or how long the window lasts where there are none
 */
public record WindowReading(UsageAmount used, Duration left) {}
