package io.github.llmcache.actuate;

import io.github.llmcache.engine.LookupPreview.Finding;
import io.github.llmcache.explain.CallExplanation;
import io.github.llmcache.explain.Difference;
import io.github.llmcache.explain.NearEntry;
import io.github.llmcache.explain.NearestEntries;
import io.github.llmcache.explain.RequestComponent;
import io.github.llmcache.key.PromptKey;
import io.github.llmcache.key.PromptRequest;
import io.github.llmcache.key.RequestOrigin;
import io.github.llmcache.tier.CacheEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * Why a call would be answered from the cache, or not.
 *
 * @param outcome {@code HIT}, {@code STALE}, {@code MISS} or {@code BYPASS}
 * @param because why, in a sentence or two
 * @param bypass why the call would pass the cache by, such as {@code scope}, or null
 * @param mode what the cache does at the moment
 * @param tier the tier that would answer, or null
 * @param key the key, or null where the call has none
 * @param request what the key is made from, or null where that can't be told
 * @param tiers what stands in each tier under the key
 * @param nearest the entries that are most like what was asked, for a miss
 */
public record ExplanationDescriptor(
        String outcome,
        String because,
        @Nullable String bypass,
        @Nullable String mode,
        @Nullable String tier,
        @Nullable Key key,
        @Nullable Request request,
        List<Tier> tiers,
        @Nullable Nearest nearest)
        implements OperationResponseBody {

    static ExplanationDescriptor of(CallExplanation explanation, boolean values, Instant now) {
        PromptKey key = explanation.key();
        PromptRequest request = explanation.request();
        NearestEntries nearest = explanation.nearest();
        return new ExplanationDescriptor(
                explanation.outcome().name(),
                explanation.because(),
                explanation.bypass() == null ? null : id(explanation.bypass()),
                explanation.mode() == null ? null : explanation.mode().id(),
                explanation.tier(),
                key == null ? null : Key.of(key, explanation.storedUnder(), values),
                request == null ? null : Request.of(request, values),
                explanation.findings().stream()
                        .map(finding -> Tier.of(finding, now))
                        .toList(),
                nearest == null ? null : Nearest.of(nearest, values, now));
    }

    private static String id(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static long secondsBetween(Instant from, Instant to) {
        return Duration.between(from, to).toSeconds();
    }

    /** Names the outcome, never what was asked: web frameworks log what they write. */
    @Override
    public String toString() {
        return "ExplanationDescriptor[" + outcome + "]";
    }

    /**
     * The key.
     *
     * @param digest the digest of the request
     * @param redis the key in Redis, or null where it holds the prompt and values are not shown
     */
    public record Key(String digest, @Nullable String redis) {

        static Key of(PromptKey key, @Nullable String storedUnder, boolean values) {
            // That of a hash ends with the cache's name. One with a prompt ends with a part of the digest.
            boolean shown = storedUnder != null
                    && (values || storedUnder.endsWith(":" + key.digest()) || storedUnder.endsWith(":" + key.cache()));
            return new Key(key.digest(), shown ? storedUnder : null);
        }

        @Override
        public String toString() {
            return "Key[" + digest + "]";
        }
    }

    /**
     * What a key is made from.
     *
     * @param method the identity of the method
     * @param returnShape the description of the answer's type
     * @param templates a digest of the templates, or null where there are none
     * @param model the model, or null
     * @param modelVersion its version, or null
     * @param templateVersion the version of the template, or null
     * @param cacheVersion what {@code llm-cache.version} says, or null
     * @param scope whose answer it is, or null where values are not shown or it is everybody's
     * @param prompt the folded prompt, or null where values are not shown or there is none
     * @param arguments the arguments that count, as JSON, or null where values are not shown
     */
    public record Request(
            String method,
            String returnShape,
            @Nullable String templates,
            @Nullable String model,
            @Nullable String modelVersion,
            @Nullable String templateVersion,
            @Nullable String cacheVersion,
            @Nullable String scope,
            @Nullable String prompt,
            @Nullable List<Object> arguments) {

        static Request of(PromptRequest request, boolean values) {
            return new Request(
                    request.method(),
                    request.returnShape(),
                    RequestOrigin.of(request).parts().templates(),
                    request.model(),
                    request.modelVersion(),
                    request.templateVersion(),
                    request.cacheVersion(),
                    values ? request.scope() : null,
                    values ? request.prompt() : null,
                    values
                            ? request.arguments().stream()
                                    .map(AnswerTree::ofValue)
                                    .toList()
                            : null);
        }

        @Override
        public String toString() {
            return "Request[" + method + "]";
        }
    }

    /**
     * What stands in a tier under the key.
     *
     * @param tier the tier's name
     * @param state {@code fresh}, {@code stale}, {@code old}, {@code expired}, {@code not-found}, {@code unreadable} or
     *     {@code failed}
     * @param problem what went wrong, such as {@code timeout}, or null
     * @param ageSeconds how long ago the model answered, or null
     * @param freshForSeconds how long the answer stays fresh, negative where it no longer is, or null
     */
    public record Tier(
            String tier,
            String state,
            @Nullable String problem,
            @Nullable Long ageSeconds,
            @Nullable Long freshForSeconds) {

        static Tier of(Finding finding, Instant now) {
            CacheEntry entry = finding.entry();
            return new Tier(
                    finding.tier(),
                    id(finding.state()),
                    finding.problem() == null ? null : id(finding.problem()),
                    entry == null ? null : Math.max(0, secondsBetween(entry.createdAt(), now)),
                    entry == null ? null : secondsBetween(now, entry.freshUntil()));
        }
    }

    /**
     * The entries that are most like what was asked.
     *
     * @param compared how many entries were looked at
     * @param complete whether these were all of the cache
     * @param problem what ended the search, or null
     * @param entries the entries, the nearest first
     */
    public record Nearest(
            int compared, boolean complete, @Nullable String problem, List<Near> entries) {

        static Nearest of(NearestEntries nearest, boolean values, Instant now) {
            return new Nearest(
                    nearest.compared(),
                    nearest.complete(),
                    nearest.problem() == null ? null : id(nearest.problem()),
                    nearest.entries().stream()
                            .map(entry -> Near.of(entry, values, now))
                            .toList());
        }
    }

    /**
     * An entry that is like what was asked.
     *
     * @param digest its digest
     * @param ageSeconds how long ago the model answered
     * @param equal how many components are the same
     * @param differs the components in which it differs
     * @param unknown the components of which it does not tell whether it differs
     * @param similarity how many of their words the prompts share, from 0 to 1, or null where values are not shown
     * @param key its key in Redis, or null where values are not shown
     */
    public record Near(
            String digest,
            long ageSeconds,
            int equal,
            List<Differing> differs,
            List<String> unknown,
            @Nullable Double similarity,
            @Nullable String key) {

        static Near of(NearEntry near, boolean values, Instant now) {
            CacheEntry entry = near.stored().entry();
            return new Near(
                    entry.digest(),
                    Math.max(0, secondsBetween(entry.createdAt(), now)),
                    near.equal(),
                    near.differences().stream()
                            .map(difference -> Differing.of(difference, values))
                            .toList(),
                    near.unknown().stream().map(ExplanationDescriptor::id).toList(),
                    values ? near.similarity() : null,
                    values ? near.stored().key() : null);
        }

        @Override
        public String toString() {
            return "Near[" + digest + "]";
        }
    }

    /**
     * A component in which an entry differs.
     *
     * @param component the component, such as {@code model-version}
     * @param request its value in the request, or null where there is none or it is not shown
     * @param entry its value in the entry, or null where there is none or it is not shown
     */
    public record Differing(
            String component,
            @Nullable String request,
            @Nullable String entry) {

        static Differing of(Difference difference, boolean values) {
            RequestComponent component = difference.component();
            boolean shown = values || component.isSetting();
            return new Differing(id(component), shown ? difference.request() : null, shown ? difference.entry() : null);
        }

        @Override
        public String toString() {
            return "Differing[" + component + "]";
        }
    }
}
