package io.github.llmcache.actuate;

import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.event.CacheStatistics;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.context.ApplicationEventPublisher;

/**
 * Shows the caches and their entries, evicts entries, and switches the modes of caches.
 *
 * <p>Thread-safe. Prompts, answers and keys are shown only if values are always shown, since nothing is known here of
 * who asks; {@link LlmCacheEndpointWebExtension} knows. Operations on entries throw
 * {@link io.github.llmcache.tier.TierException} where Redis does not answer.
 */
@Endpoint(id = "llmcache")
public class LlmCacheEndpoint {

    private final CacheOverview overview;
    private final CacheEntries entries;
    private final CacheEvictions evictions;
    private final CacheModeChanges modes;
    private final Show showValues;

    /**
     * Creates the endpoint.
     *
     * @param catalog knows the caches
     * @param statistics counts their calls
     * @param controls looks into Redis, evicts from it and switches modes
     * @param publisher takes the audit events
     * @param clock tells the time from which ages are counted
     * @param showValues when prompts, answers and keys are shown
     */
    public LlmCacheEndpoint(
            CacheCatalog catalog,
            CacheStatistics statistics,
            CacheControls controls,
            ApplicationEventPublisher publisher,
            InstantSource clock,
            Show showValues) {
        this.overview = new CacheOverview(catalog, statistics, controls, clock);
        CacheAudit audit = new CacheAudit(publisher);
        this.entries = new CacheEntries(catalog, controls.browser(), audit, clock);
        this.evictions = new CacheEvictions(catalog, controls.browser(), controls.evictor(), audit);
        this.modes = new CacheModeChanges(catalog, controls.modeSwitch(), audit);
        this.showValues = showValues;
    }

    /**
     * Describes all caches.
     *
     * @param days of how many days, from 1 to 1000, today included, to tell what all JVMs counted, by day too; or null for
     *     the sum of the last 30
     * @return the caches; without their entries, the memory, and what all JVMs counted where Redis does not answer
     */
    @ReadOperation
    public CachesDescriptor caches(@Nullable Integer days) {
        return overview.caches(days);
    }

    /**
     * Reads a page of a cache's entries.
     *
     * @param cache the cache
     * @param cursor {@code next} of the page before, or null to begin
     * @param limit about how many entries to read, from 1 to 1000, or null for 20
     * @param prompt only entries whose prompt contains this text, or null for all
     * @return the page
     */
    @ReadOperation
    public EntriesDescriptor entries(
            @Selector String cache, @Nullable String cursor, @Nullable Integer limit, @Nullable String prompt) {
        return entries.page(unknown(), cache, cursor, limit, prompt);
    }

    /**
     * Reads one entry.
     *
     * @param cache the cache
     * @param digest the whole digest
     * @return the entry, or null if there is none
     */
    @ReadOperation
    public @Nullable EntryDescriptor entry(@Selector String cache, @Selector String digest) {
        return entries.find(unknown(), cache, digest).orElse(null);
    }

    /**
     * Evicts the entries of a cache that have a tag, a model or a scope, or all of them.
     *
     * @param cache the cache
     * @param tag the tag, or null
     * @param model the model, or null
     * @param scope the scope, or null
     * @return how many there were
     */
    @DeleteOperation
    public EvictedDescriptor evictAll(
            @Selector String cache, @Nullable String tag, @Nullable String model, @Nullable String scope) {
        return new EvictedDescriptor(evictions.evict(unknown(), cache, tag, model, scope));
    }

    /**
     * Evicts one entry.
     *
     * @param cache the cache
     * @param digest the whole digest
     * @return 1, or 0 if there was none
     */
    @DeleteOperation
    public EvictedDescriptor evict(@Selector String cache, @Selector String digest) {
        return new EvictedDescriptor(evictions.evict(unknown(), cache, digest) ? 1 : 0);
    }

    /**
     * Switches a cache, or all of them, for all JVMs that share them.
     *
     * @param mode {@code on}, {@code read-only}, {@code refresh}, {@code off}, or {@code configured} to go back
     * @param cache the cache, or null for all
     * @return what was done
     */
    @WriteOperation
    public ModeDescriptor switchMode(@Nullable String mode, @Nullable String cache) {
        return modes.change(unknown(), mode, cache);
    }

    CacheEvictions evictions() {
        return evictions;
    }

    CacheModeChanges modes() {
        return modes;
    }

    CacheEntries entries() {
        return entries;
    }

    private Viewer unknown() {
        return Viewer.unknown(showValues);
    }
}
