package io.github.llmcache.actuate;

import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.engine.CacheMode;
import io.github.llmcache.engine.CacheModeSwitch;
import io.github.llmcache.tier.TierException;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Switches the modes of caches for a viewer, and says so to the audit. */
final class CacheModeChanges {

    /** Takes a switch back. */
    private static final String CONFIGURED = "configured";

    private static final String ALLOWED =
            Arrays.stream(CacheMode.values()).map(CacheMode::id).collect(Collectors.joining(", ")) + ", " + CONFIGURED;

    private final CacheCatalog catalog;
    private final @Nullable CacheModeSwitch modeSwitch;
    private final CacheAudit audit;

    CacheModeChanges(CacheCatalog catalog, @Nullable CacheModeSwitch modeSwitch, CacheAudit audit) {
        this.catalog = catalog;
        this.modeSwitch = modeSwitch;
        this.audit = audit;
    }

    ModeDescriptor change(Viewer viewer, @Nullable String mode, @Nullable String cache) {
        CacheMode changed = modeOf(mode);
        if (cache != null) {
            KnownCaches.check(catalog, cache);
        }
        if (modeSwitch == null) {
            throw RefusedRequestException.bad("Modes can't be switched here: set llm-cache.mode");
        }
        String told = changed == null ? CONFIGURED : changed.id();
        try {
            modeSwitch.switchTo(cache, changed);
        } catch (TierException ex) {
            audit.modeChangeFailed(viewer, cache, told, ex.kind());
            throw ex;
        }
        audit.modeChanged(viewer, cache, told);
        return new ModeDescriptor(cache, told);
    }

    private static @Nullable CacheMode modeOf(@Nullable String mode) {
        CacheMode known = mode == null ? null : CacheMode.of(mode);
        if (known == null && !CONFIGURED.equalsIgnoreCase(mode)) {
            throw RefusedRequestException.bad("The mode is one of " + ALLOWED);
        }
        return known;
    }
}
