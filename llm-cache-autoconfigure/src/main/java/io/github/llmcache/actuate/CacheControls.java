package io.github.llmcache.actuate;

import io.github.llmcache.engine.CacheModeSwitch;
import io.github.llmcache.engine.CacheModes;
import io.github.llmcache.event.FleetStatistics;
import io.github.llmcache.tier.CacheBrowser;
import io.github.llmcache.tier.CacheEvictor;
import io.github.llmcache.tier.Circuit;
import org.jspecify.annotations.Nullable;

/**
 * What the endpoint looks into and acts on.
 *
 * @param browser looks into Redis
 * @param circuit tells whether calls ask Redis, or null where they always do
 * @param evictor takes entries away, or null where only the browser does, which knows no tags, models and scopes
 * @param modes tells the modes of caches
 * @param modeSwitch switches them, or null where they can't be switched
 * @param fleet tells what all JVMs counted, or null where they count nothing together
 */
public record CacheControls(
        CacheBrowser browser,
        @Nullable Circuit circuit,
        @Nullable CacheEvictor evictor,
        CacheModes modes,
        @Nullable CacheModeSwitch modeSwitch,
        @Nullable FleetStatistics fleet) {

    /**
     * Creates what only looks into caches that are on, and evicts as the browser does.
     *
     * @param browser looks into Redis
     */
    public CacheControls(CacheBrowser browser) {
        this(browser, null, null, CacheModes.ON, null, null);
    }
}
