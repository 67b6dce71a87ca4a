package io.github.llmcache.actuate;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * All caches.
 *
 * @param caches the caches by their names
 * @param memory the memory of the Redis server, or null where it does not tell
 * @param circuit whether calls of this JVM ask Redis: {@code closed} (they do), {@code open}, {@code half-open}; null where they
 *     always do
 * @param switchedMode what all caches were switched to, where they have not been switched singly; null where they were not
 * @param fleetProblem why it is not told what all JVMs counted of all caches, or null where it is, or where they count nothing
 *     together
 */
public record CachesDescriptor(
        Map<String, CacheDescriptor> caches,
        @Nullable MemoryDescriptor memory,
        @Nullable String circuit,
        @Nullable String switchedMode,
        @Nullable String fleetProblem)
        implements OperationResponseBody {}
