package io.github.llmcache.actuate;

import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.explain.CallExplainer;
import io.github.llmcache.explain.CallExplanation;
import io.github.llmcache.interceptor.CachedMethod;
import io.github.llmcache.interceptor.CachedMethods;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;

/**
 * Explains calls of annotated methods to those who ask over the endpoint, and says so to the audit. No method is called.
 *
 * <p>Thread-safe.
 */
public final class CallExplanations {

    private final CacheCatalog catalog;
    private final CachedMethods methods;
    private final CallExplainer explainer;
    private final CacheAudit audit;
    private final InstantSource clock;

    /**
     * Creates the explanations.
     *
     * @param catalog knows the caches
     * @param methods finds their methods
     * @param explainer explains calls
     * @param publisher takes the audit events
     * @param clock tells the time from which ages are counted
     */
    public CallExplanations(
            CacheCatalog catalog,
            CachedMethods methods,
            CallExplainer explainer,
            ApplicationEventPublisher publisher,
            InstantSource clock) {
        this.catalog = catalog;
        this.methods = methods;
        this.explainer = explainer;
        this.audit = new CacheAudit(publisher);
        this.clock = clock;
    }

    ExplanationDescriptor explain(Viewer viewer, String cache, @Nullable String method, @Nullable String arguments) {
        KnownCaches.check(catalog, cache);
        CachedMethod chosen = MethodChoice.of(methods.of(cache), method);
        CallExplanation explanation = explainer.explain(chosen.describe(ArgumentReader.read(chosen, arguments)));
        audit.explained(
                viewer,
                cache,
                explanation.key() == null ? null : explanation.key().digest(),
                explanation.nearest() == null
                        ? 0
                        : explanation.nearest().entries().size());
        return ExplanationDescriptor.of(explanation, viewer.seesValues(), clock.instant());
    }
}
