package io.github.llmcache.actuate;

import io.github.llmcache.tier.FailureKind;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.audit.listener.AuditApplicationEvent;
import org.springframework.context.ApplicationEventPublisher;

/** Publishes who read, evicted, exported or switched what and how many, never text. */
final class CacheAudit {

    private static final String VALUES_READ = "LLM_CACHE_VALUES_READ";
    private static final String EVICTED = "LLM_CACHE_EVICTED";
    private static final String EXPORTED = "LLM_CACHE_EXPORTED";
    private static final String WARMED = "LLM_CACHE_WARMED";
    private static final String MODE_CHANGED = "LLM_CACHE_MODE_CHANGED";

    private static final String EXPLAINED = "LLM_CACHE_EXPLAINED";
    private static final String USAGE_READ = "LLM_CACHE_USAGE_READ";
    private static final String MODEL_CHANGED = "LLM_CACHE_MODEL_CHANGED";

    private final ApplicationEventPublisher publisher;

    CacheAudit(ApplicationEventPublisher publisher) {
        this.publisher = publisher;
    }

    void valuesRead(Viewer viewer, String cache, @Nullable String digest, long count) {
        publish(viewer, VALUES_READ, data(cache, "digest", digest, "count", count));
    }

    void evicted(Viewer viewer, String cache, @Nullable String digest, long count) {
        publish(viewer, EVICTED, data(cache, "digest", digest, "count", count));
    }

    /** A part of a cache: by what it was told, and never the tag or the scope, which may name a person. */
    void partEvicted(Viewer viewer, String cache, String by, long count) {
        publish(viewer, EVICTED, data(cache, "by", by, "count", count));
    }

    /** An eviction that broke off may have taken away any number. */
    void evictionFailed(Viewer viewer, String cache, @Nullable String by, FailureKind kind) {
        publish(viewer, EVICTED, data(cache, "by", by, "failure", kind.name().toLowerCase(Locale.ROOT)));
    }

    /** A cache, or all of them if null, was switched. */
    void modeChanged(Viewer viewer, @Nullable String cache, String mode) {
        publish(viewer, MODE_CHANGED, data(cache == null ? "*" : cache, "mode", mode, null, null));
    }

    /** A switch that broke off may have been made all the same. */
    void modeChangeFailed(Viewer viewer, @Nullable String cache, String mode, FailureKind kind) {
        publish(
                viewer,
                MODE_CHANGED,
                data(
                        cache == null ? "*" : cache,
                        "mode",
                        mode,
                        "failure",
                        kind.name().toLowerCase(Locale.ROOT)));
    }

    /** What is kept of a model was put or deleted; a change that broke off may have been made all the same. */
    void modelChanged(Viewer viewer, String model, String change, @Nullable String version, boolean failed) {
        Map<String, @Nullable Object> data = new LinkedHashMap<>();
        data.put("model", model);
        data.put("change", change);
        if (version != null) {
            data.put("version", version);
        }
        if (failed) {
            data.put("failure", "unknown");
        }
        publish(viewer, MODEL_CHANGED, data);
    }

    /** A call was explained, with so many entries that are like it. */
    void explained(Viewer viewer, String cache, @Nullable String digest, int entries) {
        Map<String, @Nullable Object> data = data(cache, "digest", digest, "count", entries);
        data.put("values", viewer.seesValues());
        publish(viewer, EXPLAINED, data);
    }

    /** What somebody may use or has used; without the name, which is a person's. */
    void usageRead(Viewer viewer, int subjects) {
        Map<String, @Nullable Object> data = new LinkedHashMap<>();
        data.put("count", subjects);
        publish(viewer, USAGE_READ, data);
    }

    void exported(Viewer viewer, String cache, long count) {
        publish(viewer, EXPORTED, data(cache, "count", count, null, null));
    }

    /** Caches by lines, which may name any of them. */
    void warmed(Viewer viewer, long count) {
        publish(viewer, WARMED, data("*", "count", count, null, null));
    }

    private static Map<String, @Nullable Object> data(
            String cache, String first, @Nullable Object firstValue, @Nullable String second, @Nullable Object value) {
        Map<String, @Nullable Object> data = new LinkedHashMap<>();
        data.put("cache", cache);
        if (firstValue != null) {
            data.put(first, firstValue);
        }
        if (second != null) {
            data.put(second, value);
        }
        return data;
    }

    private void publish(Viewer viewer, String type, Map<String, @Nullable Object> data) {
        publisher.publishEvent(new AuditApplicationEvent(viewer.principal(), type, data));
    }
}
