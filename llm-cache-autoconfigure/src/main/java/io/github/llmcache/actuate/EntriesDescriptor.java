package io.github.llmcache.actuate;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * A page of entries.
 *
 * @param entries the entries, in no order
 * @param unreadable how many more there were that are damaged or of another release
 * @param next the cursor of the next page, or null after the last
 */
public record EntriesDescriptor(
        List<EntryDescriptor> entries,
        int unreadable,
        @Nullable String next) implements OperationResponseBody {}
