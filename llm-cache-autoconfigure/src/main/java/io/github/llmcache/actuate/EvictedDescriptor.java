package io.github.llmcache.actuate;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * What an eviction took away.
 *
 * @param evicted how many entries there were
 */
public record EvictedDescriptor(long evicted) implements OperationResponseBody {}
