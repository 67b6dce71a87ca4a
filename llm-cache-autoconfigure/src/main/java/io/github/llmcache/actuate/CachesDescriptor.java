package io.github.llmcache.actuate;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * All caches.
 *
 * @param caches the caches by their names
 * @param memory the memory of the Redis server, or null where it does not tell
 */
public record CachesDescriptor(
        Map<String, CacheDescriptor> caches, @Nullable MemoryDescriptor memory) implements OperationResponseBody {}
