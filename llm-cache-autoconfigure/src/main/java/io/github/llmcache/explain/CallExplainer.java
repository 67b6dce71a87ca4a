package io.github.llmcache.explain;

import io.github.llmcache.engine.CapturedCall;
import io.github.llmcache.engine.LookupPreview;
import io.github.llmcache.engine.PromptCall;
import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.key.PromptKey;
import io.github.llmcache.key.PromptRequest;
import io.github.llmcache.tier.CacheBrowser;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Explains calls that are not made.
 *
 * <p>Thread-safe. Reads only: no model is asked, nothing is stored, counted or told to listeners, no lease is taken. Blocks for
 * as long as the tiers take, and half a second for the nearest entries. Never throws for what fails in a tier, but tells it.
 */
public final class CallExplainer {

    private final LookupPreview preview;
    private final CacheBrowser browser;
    private final NearestSearch search;

    /**
     * Creates an explainer.
     *
     * @param preview tells how calls would go
     * @param browser reads the entries that are like what was asked
     */
    public CallExplainer(LookupPreview preview, CacheBrowser browser) {
        this.preview = preview;
        this.browser = browser;
        this.search = new NearestSearch(browser, System::nanoTime);
    }

    /**
     * Explains a call.
     *
     * @param captured the call
     * @return why it would be answered from the cache at this moment, or not
     */
    public CallExplanation explain(CapturedCall captured) {
        PromptCall call = captured.call();
        if (call == null) {
            return new CallExplanation(
                    captured.cache(),
                    CacheOutcome.BYPASS,
                    Reasons.ofBypass(Objects.requireNonNull(captured.bypass())),
                    captured.bypass(),
                    preview.modeOf(captured.cache()),
                    captured.request(),
                    null,
                    null,
                    null,
                    List.of(),
                    null);
        }
        LookupPreview.Result result = preview.of(call);
        NearestEntries nearest = result.outcome() == CacheOutcome.MISS && !result.insists() && isKnown(result)
                ? nearest(captured.request(), call.key(), captured)
                : null;
        return new CallExplanation(
                captured.cache(),
                result.outcome(),
                Reasons.of(result, nearest),
                result.bypass(),
                result.mode(),
                captured.request(),
                call.key(),
                browser.keyOf(call.key()).orElse(null),
                result.tier(),
                result.findings(),
                nearest);
    }

    /** Where the tier with all entries could not say what stands there, it is not asked for more: it is left alone, or slow. */
    private static boolean isKnown(LookupPreview.Result result) {
        List<LookupPreview.Finding> findings = result.findings();
        return findings.isEmpty() || findings.get(findings.size() - 1).state() != LookupPreview.State.FAILED;
    }

    private @Nullable NearestEntries nearest(@Nullable PromptRequest request, PromptKey key, CapturedCall captured) {
        return request == null
                ? null
                : search.in(key.cache(), new EntryComparison(request, key, captured.keys())::with);
    }
}
