package io.github.llmcache.actuate;

import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.engine.CacheMode;
import io.github.llmcache.engine.CacheModeSwitch;
import io.github.llmcache.engine.CacheModes;
import io.github.llmcache.event.CacheStatistics;
import io.github.llmcache.tier.CacheBrowser;
import io.github.llmcache.tier.Circuit;
import io.github.llmcache.tier.EntryCount;
import io.github.llmcache.tier.TierException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Describes all caches within a bounded time, whether Redis answers or not. */
final class CacheOverview {

    /** How long the entries of all caches together are counted. */
    private static final Duration COUNTING = Duration.ofMillis(200);

    private final CacheCatalog catalog;
    private final CacheStatistics statistics;
    private final CacheBrowser browser;
    private final @Nullable Circuit circuit;
    private final CacheModes modes;
    private final @Nullable CacheModeSwitch modeSwitch;
    private final FleetCounts fleet;

    CacheOverview(CacheCatalog catalog, CacheStatistics statistics, CacheControls controls, InstantSource clock) {
        this.catalog = catalog;
        this.statistics = statistics;
        this.browser = controls.browser();
        this.circuit = controls.circuit();
        this.modes = controls.modes();
        this.modeSwitch = controls.modeSwitch();
        this.fleet = new FleetCounts(controls.fleet(), clock);
    }

    CachesDescriptor caches(@Nullable Integer days) {
        FleetCounts.check(days);
        List<String> names = List.copyOf(catalog.names());
        Map<String, EntryCount> counts = new LinkedHashMap<>();
        Map<String, FleetDescriptor> counted = new LinkedHashMap<>();
        MemoryDescriptor memory = null;
        String fleetProblem = null;
        try {
            count(names, counts);
            memory = browser.memory().map(MemoryDescriptor::of).orElse(null);
            if (!fleet.read(names, days, counted)) {
                fleetProblem = "The time was not enough to read what all JVMs counted of all caches";
            }
        } catch (TierException ex) {
            // Redis is not asked again: each further question would wait for its timeout.
            fleetProblem = fleet.isThere() ? ProblemDescriptor.of(ex).message() : null;
        }
        return new CachesDescriptor(describe(names, counts, counted), memory, circuit(), switchedMode(), fleetProblem);
    }

    private @Nullable String circuit() {
        return circuit == null
                ? null
                : circuit.state().name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private @Nullable String switchedMode() {
        CacheMode mode = modeSwitch == null ? null : modeSwitch.switchedTo(null);
        return mode == null ? null : mode.id();
    }

    private void count(List<String> names, Map<String, EntryCount> counts) {
        long deadline = System.nanoTime() + COUNTING.toNanos();
        int left = names.size();
        for (String name : names) {
            // What a quick count leaves over goes to those after it.
            long share = (deadline - System.nanoTime()) / left--;
            counts.put(name, share > 0 ? browser.count(name, Duration.ofNanos(share)) : new EntryCount(0, false));
        }
    }

    private Map<String, CacheDescriptor> describe(
            List<String> names, Map<String, EntryCount> counts, Map<String, FleetDescriptor> counted) {
        Map<String, CacheDescriptor> caches = new LinkedHashMap<>();
        for (String name : names) {
            @Nullable EntryCount count = counts.get(name);
            caches.put(
                    name,
                    CacheDescriptor.of(
                            catalog.settingsOf(name),
                            modes.modeOf(name),
                            count,
                            statistics.of(name),
                            counted.get(name)));
        }
        return caches;
    }
}
