package io.github.llmcache.actuate;

import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.engine.CacheMode;
import io.github.llmcache.engine.CacheModes;
import io.github.llmcache.tier.CacheTier;
import io.github.llmcache.tier.Circuit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Tells in the health of the application how the cache is, and is always up: without its cache an application is slower, but
 * works, which is no reason to take it out of service.
 *
 * <p>Thread-safe. Redis is not asked.
 */
public final class LlmCacheHealthIndicator implements HealthIndicator {

    private final CacheCatalog catalog;
    private final CacheModes modes;
    private final List<CacheTier> tiers;
    private final @Nullable Circuit circuit;

    /**
     * Creates the indicator.
     *
     * @param catalog knows the caches
     * @param modes tells their modes
     * @param tiers where answers are kept, the nearest first
     * @param circuit tells whether calls ask Redis, or null where they always do
     */
    public LlmCacheHealthIndicator(
            CacheCatalog catalog, CacheModes modes, List<? extends CacheTier> tiers, @Nullable Circuit circuit) {
        this.catalog = catalog;
        this.modes = modes;
        this.tiers = List.copyOf(tiers);
        this.circuit = circuit;
    }

    @Override
    public Health health() {
        Health.Builder health = Health.up()
                .withDetail("tiers", tiers.stream().map(CacheTier::name).toList());
        if (circuit != null) {
            health.withDetail(
                    "circuit", circuit.state().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        }
        Map<String, String> notOn = new LinkedHashMap<>();
        for (String cache : catalog.names()) {
            CacheMode mode = modes.modeOf(cache);
            if (mode != CacheMode.ON) {
                notOn.put(cache, mode.id());
            }
        }
        if (!notOn.isEmpty()) {
            health.withDetail("modes", notOn);
        }
        return health.build();
    }
}
