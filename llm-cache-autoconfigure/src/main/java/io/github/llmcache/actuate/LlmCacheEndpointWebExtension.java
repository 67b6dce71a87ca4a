package io.github.llmcache.actuate;

import io.github.llmcache.tier.TierException;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/**
 * Gives {@link LlmCacheEndpoint} over HTTP its statuses, and shows values to those who may see them.
 *
 * <p>Thread-safe. Statuses: 400 for a bad parameter, 403 for a search of hidden prompts, 404 for an unknown cache or
 * entry, 503 where Redis does not answer; each with a {@link ProblemDescriptor}.
 */
@EndpointWebExtension(endpoint = LlmCacheEndpoint.class)
public class LlmCacheEndpointWebExtension {

    private static final String EXPLAIN = "explain";

    private final LlmCacheEndpoint endpoint;
    private final Show showValues;
    private final Set<String> roles;
    private final @Nullable CallExplanations explanations;

    /**
     * Creates an extension that explains no calls.
     *
     * @param endpoint the endpoint
     * @param showValues when prompts, answers and keys are shown
     * @param roles who is authorized to see them; everybody who is authenticated if empty
     */
    public LlmCacheEndpointWebExtension(LlmCacheEndpoint endpoint, Show showValues, Set<String> roles) {
        this(endpoint, showValues, roles, null);
    }

    /**
     * Creates the extension.
     *
     * @param endpoint the endpoint
     * @param showValues when prompts, answers and keys are shown
     * @param roles who is authorized to see them; everybody who is authenticated if empty
     * @param explanations explains calls, or null where none can be explained
     */
    public LlmCacheEndpointWebExtension(
            LlmCacheEndpoint endpoint, Show showValues, Set<String> roles, @Nullable CallExplanations explanations) {
        this.endpoint = endpoint;
        this.showValues = showValues;
        this.roles = Set.copyOf(roles);
        this.explanations = explanations;
    }

    /**
     * Describes all caches.
     *
     * @param context who asks
     * @param days of how many days, from 1 to 1000, today included, to tell what all JVMs counted, by day too; or null for
     *     the sum of the last 30; text, so that what is no number is told like any other bad number
     * @return the caches
     */
    @ReadOperation
    public WebEndpointResponse<Object> caches(SecurityContext context, @Nullable String days) {
        return answer(context, viewer -> ok(endpoint.caches(numberOf(days, FleetCounts::badDays))));
    }

    /**
     * Reads a page of a cache's entries.
     *
     * @param context who asks
     * @param cache the cache
     * @param cursor {@code next} of the page before, or null to begin
     * @param limit about how many entries to read, from 1 to 1000, or null for 20; text, so that what is no number is
     *     told like any other bad limit
     * @param prompt only entries whose prompt contains this text, or null for all
     * @return the page
     */
    @ReadOperation
    public WebEndpointResponse<Object> entries(
            SecurityContext context,
            @Selector String cache,
            @Nullable String cursor,
            @Nullable String limit,
            @Nullable String prompt) {
        return answer(
                context,
                viewer -> ok(endpoint.entries()
                        .page(viewer, cache, cursor, numberOf(limit, CacheEntries::badLimit), prompt)));
    }

    /**
     * Reads one entry.
     *
     * @param context who asks
     * @param cache the cache
     * @param digest the whole digest
     * @return the entry
     */
    @ReadOperation
    public WebEndpointResponse<Object> entry(SecurityContext context, @Selector String cache, @Selector String digest) {
        return answer(context, viewer -> {
            Optional<EntryDescriptor> entry = endpoint.entries().find(viewer, cache, digest);
            return ok(entry.orElseThrow(LlmCacheEndpointWebExtension::noSuchEntry));
        });
    }

    /**
     * Evicts the entries of a cache that have a tag, a model or a scope, or all of them.
     *
     * @param context who asks
     * @param cache the cache
     * @param tag the tag, or null
     * @param model the model, or null
     * @param scope the scope, or null
     * @param prompt not supported; refused, because the whole cache would go where a part was meant
     * @return how many there were
     */
    @DeleteOperation
    public WebEndpointResponse<Object> evictAll(
            SecurityContext context,
            @Selector String cache,
            @Nullable String tag,
            @Nullable String model,
            @Nullable String scope,
            @Nullable String prompt) {
        return answer(context, viewer -> {
            if (prompt != null) {
                throw RefusedRequestException.bad(
                        "Entries can't be evicted by their prompts: name a tag, a model or a scope, or a digest");
            }
            return ok(new EvictedDescriptor(endpoint.evictions().evict(viewer, cache, tag, model, scope)));
        });
    }

    /**
     * Evicts one entry.
     *
     * @param context who asks
     * @param cache the cache
     * @param digest the whole digest
     * @return nothing
     */
    @DeleteOperation
    public WebEndpointResponse<Object> evict(SecurityContext context, @Selector String cache, @Selector String digest) {
        return answer(context, viewer -> {
            if (!endpoint.evictions().evict(viewer, cache, digest)) {
                throw noSuchEntry();
            }
            return new WebEndpointResponse<>(WebEndpointResponse.STATUS_NO_CONTENT);
        });
    }

    /**
     * Switches a cache, or all of them, for all JVMs that share them.
     *
     * @param context who asks
     * @param mode {@code on}, {@code read-only}, {@code refresh}, {@code off}, or {@code configured} to go back
     * @param cache the cache, or null for all
     * @return what was done
     */
    @WriteOperation
    public WebEndpointResponse<Object> switchMode(
            SecurityContext context, @Nullable String mode, @Nullable String cache) {
        return answer(context, viewer -> ok(endpoint.modes().change(viewer, mode, cache)));
    }

    /**
     * Explains why a call of a method would be answered from the cache, or not. The method is not called.
     *
     * @param context who asks
     * @param cache the cache
     * @param action {@code explain}: Boot's paths have no other way to say it
     * @param method the bean and the method, with the types of the parameters where there are several of the name
     * @param arguments the arguments, as the text of a JSON array
     * @return the explanation
     */
    @WriteOperation
    public WebEndpointResponse<Object> explain(
            SecurityContext context,
            @Selector String cache,
            @Selector String action,
            @Nullable String method,
            @Nullable String arguments) {
        return answer(context, viewer -> {
            if (explanations == null || !action.equals(EXPLAIN)) {
                throw RefusedRequestException.notFound("Of a cache, only " + EXPLAIN + " takes a POST");
            }
            return ok(explanations.explain(viewer, cache, method, arguments));
        });
    }

    private WebEndpointResponse<Object> answer(
            SecurityContext context, Function<Viewer, WebEndpointResponse<Object>> operation) {
        try {
            return operation.apply(Viewer.of(context, showValues, roles));
        } catch (RefusedRequestException ex) {
            return problem(ex.status(), String.valueOf(ex.getReason()));
        } catch (TierException ex) {
            return new WebEndpointResponse<>(ProblemDescriptor.of(ex), WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE);
        }
    }

    private static WebEndpointResponse<Object> ok(Object body) {
        return new WebEndpointResponse<>(body);
    }

    private static WebEndpointResponse<Object> problem(int status, String message) {
        return new WebEndpointResponse<>(new ProblemDescriptor(message), status);
    }

    private static RefusedRequestException noSuchEntry() {
        return RefusedRequestException.notFound("There is no such entry");
    }

    private static @Nullable Integer numberOf(@Nullable String text, Supplier<RefusedRequestException> refusal) {
        if (text == null || text.isEmpty()) {
            return null;
        }
        try {
            return Integer.valueOf(text);
        } catch (NumberFormatException ex) {
            throw refusal.get();
        }
    }
}
