package io.github.llmcache.actuate;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * What was switched.
 *
 * @param cache the cache, or null for all
 * @param mode what it was switched to, or {@code configured} where a switch was taken back
 */
public record ModeDescriptor(@Nullable String cache, String mode) implements OperationResponseBody {}
