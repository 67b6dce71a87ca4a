package io.github.llmcache.actuate;

import io.github.llmcache.tier.FailureKind;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.audit.listener.AuditApplicationEvent;
import org.springframework.context.ApplicationEventPublisher;

/** Publishes who read or evicted what and how many, never text. */
final class CacheAudit {

    private static final String VALUES_READ = "LLM_CACHE_VALUES_READ";
    private static final String EVICTED = "LLM_CACHE_EVICTED";

    private final ApplicationEventPublisher publisher;

    CacheAudit(ApplicationEventPublisher publisher) {
        this.publisher = publisher;
    }

    void valuesRead(Viewer viewer, String cache, @Nullable String digest, long count) {
        publish(viewer, VALUES_READ, cache, digest, "count", count);
    }

    void evicted(Viewer viewer, String cache, @Nullable String digest, long count) {
        publish(viewer, EVICTED, cache, digest, "count", count);
    }

    /** An eviction that broke off may have taken away any number. */
    void evictionFailed(Viewer viewer, String cache, FailureKind kind) {
        publish(viewer, EVICTED, cache, null, "failure", kind.name().toLowerCase(Locale.ROOT));
    }

    private void publish(Viewer viewer, String type, String cache, @Nullable String digest, String what, Object value) {
        Map<String, @Nullable Object> data = new LinkedHashMap<>();
        data.put("cache", cache);
        if (digest != null) {
            data.put("digest", digest);
        }
        data.put(what, value);
        publisher.publishEvent(new AuditApplicationEvent(viewer.principal(), type, data));
    }
}
