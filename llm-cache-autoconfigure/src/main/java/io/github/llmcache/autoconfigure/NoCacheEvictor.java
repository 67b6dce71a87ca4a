package io.github.llmcache.autoconfigure;

import io.github.llmcache.tier.CacheEvictor;
import io.github.llmcache.tier.Eviction;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/** Stands in where nothing can be evicted: harmless where there is no tier, and said once where there is one. */
final class NoCacheEvictor implements CacheEvictor {

    private static final Log log = LogFactory.getLog(NoCacheEvictor.class);

    private final boolean tiers;
    private final AtomicBoolean warned = new AtomicBoolean();

    NoCacheEvictor(boolean tiers) {
        this.tiers = tiers;
    }

    @Override
    public long evict(String cache, Eviction eviction) {
        if (tiers && warned.compareAndSet(false, true)) {
            log.warn("@EvictPrompt evicts nothing, because there is no CacheEvictor for the tiers of this application."
                    + " Declare one.");
        }
        return 0;
    }

    @Override
    public Duration settlingTime() {
        return Duration.ZERO;
    }
}
