package io.github.llmcache.explain;

import io.github.llmcache.key.PromptKey;
import io.github.llmcache.key.PromptKeyGenerator;
import io.github.llmcache.key.PromptRequest;
import io.github.llmcache.key.RequestOrigin;
import io.github.llmcache.key.RequestParts;
import io.github.llmcache.tier.CacheEntry;
import io.github.llmcache.tier.StoredEntry;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Compares a request with entries, component by component.
 *
 * <p>No entry holds the arguments of its call, nor a digest of them. Whether they are the same is proven otherwise: what the
 * entry tells (model, versions, scope, prompt) is put into the request, and if the key of that is the entry's, all the rest is
 * the same. Immutable.
 */
final class EntryComparison {

    private final PromptRequest request;
    private final PromptKey key;
    private final PromptKeyGenerator keys;
    private final RequestParts own;
    private final PromptWords words;

    EntryComparison(PromptRequest request, PromptKey key, PromptKeyGenerator keys) {
        this.request = request;
        this.key = key;
        this.keys = keys;
        this.own = RequestOrigin.of(request).parts();
        this.words = PromptWords.of(request.prompt());
    }

    private enum Match {
        EQUAL,
        DIFFERENT,
        UNKNOWN;

        static Match of(@Nullable Object one, @Nullable Object other) {
            return Objects.equals(one, other) ? EQUAL : DIFFERENT;
        }
    }

    NearEntry with(StoredEntry stored) {
        CacheEntry entry = stored.entry();
        Map<RequestComponent, Match> matches = new EnumMap<>(RequestComponent.class);
        boolean same = entry.digest().equals(key.digest());
        if (same) {
            for (RequestComponent component : RequestComponent.values()) {
                matches.put(component, Match.EQUAL);
            }
        } else {
            told(entry, matches);
            proven(entry, matches);
        }
        List<Difference> differences = new ArrayList<>();
        List<RequestComponent> unknown = new ArrayList<>();
        int equal = 0;
        for (Map.Entry<RequestComponent, Match> match : matches.entrySet()) {
            switch (match.getValue()) {
                case EQUAL -> equal++;
                case DIFFERENT -> differences.add(difference(match.getKey(), entry));
                case UNKNOWN -> unknown.add(match.getKey());
            }
        }
        return new NearEntry(
                stored, differences, unknown, equal, same ? 1 : words.shared(PromptWords.of(entry.prompt())));
    }

    /** What the entry tells of its request. */
    private void told(CacheEntry entry, Map<RequestComponent, Match> matches) {
        RequestParts parts = entry.parts();
        matches.put(RequestComponent.MODEL, Match.of(request.model(), entry.model()));
        matches.put(
                RequestComponent.SCOPE, Match.of(request.scope(), entry.terms().scope()));
        matches.put(
                RequestComponent.PROMPT,
                entry.prompt() == null && request.prompt() != null
                        ? Match.UNKNOWN
                        : Match.of(request.prompt(), entry.prompt()));
        if (parts == null) {
            for (RequestComponent component : List.of(
                    RequestComponent.METHOD,
                    RequestComponent.RETURN_SHAPE,
                    RequestComponent.TEMPLATES,
                    RequestComponent.MODEL_VERSION,
                    RequestComponent.TEMPLATE_VERSION,
                    RequestComponent.CACHE_VERSION)) {
                matches.put(component, Match.UNKNOWN);
            }
            return;
        }
        matches.put(RequestComponent.METHOD, Match.of(own.method(), parts.method()));
        matches.put(RequestComponent.RETURN_SHAPE, Match.of(own.shape(), parts.shape()));
        matches.put(RequestComponent.TEMPLATES, Match.of(own.templates(), parts.templates()));
        matches.put(RequestComponent.MODEL_VERSION, Match.of(own.modelVersion(), parts.modelVersion()));
        matches.put(RequestComponent.TEMPLATE_VERSION, Match.of(own.templateVersion(), parts.templateVersion()));
        matches.put(RequestComponent.CACHE_VERSION, Match.of(own.cacheVersion(), parts.cacheVersion()));
    }

    /** What follows from the entry's digest, which is made from all of its request. */
    private void proven(CacheEntry entry, Map<RequestComponent, Match> matches) {
        RequestParts parts = entry.parts();
        if (isKeyOf(entry, substituted(entry, false))
                || request.scope() != null && isKeyOf(entry, substituted(entry, true))) {
            for (RequestComponent component : RequestComponent.values()) {
                matches.merge(component, Match.EQUAL, (told, ifUnknown) -> told == Match.UNKNOWN ? ifUnknown : told);
            }
            return;
        }
        // All that can make the rest differ is known to be the same, or was put in: so it is the arguments.
        boolean argumentsDiffer = parts != null
                && matches.get(RequestComponent.METHOD) == Match.EQUAL
                && matches.get(RequestComponent.RETURN_SHAPE) == Match.EQUAL
                && matches.get(RequestComponent.TEMPLATES) == Match.EQUAL
                && isKnown(own.modelVersion(), parts.modelVersion())
                && isKnown(own.templateVersion(), parts.templateVersion())
                && isKnown(own.cacheVersion(), parts.cacheVersion());
        if (argumentsDiffer && isPromptAlone() && matches.get(RequestComponent.PROMPT) == Match.UNKNOWN) {
            matches.put(RequestComponent.PROMPT, Match.DIFFERENT);
            matches.put(RequestComponent.ARGUMENTS, Match.EQUAL);
        } else {
            matches.put(RequestComponent.ARGUMENTS, argumentsDiffer ? Match.DIFFERENT : Match.UNKNOWN);
        }
    }

    private boolean isPromptAlone() {
        return request.prompt() != null
                && request.arguments().size() == 1
                && request.arguments().get(0) == request.prompt();
    }

    private static boolean isKnown(@Nullable String ofRequest, @Nullable String ofEntry) {
        return RequestParts.isWhole(ofEntry) || Objects.equals(ofRequest, ofEntry);
    }

    /** The request with what the entry tells in place of its own; its scope is often one of the arguments, too. */
    private PromptRequest substituted(CacheEntry entry, boolean inArguments) {
        RequestParts parts = entry.parts();
        String prompt = request.prompt();
        List<@Nullable Object> arguments = new ArrayList<>(request.arguments());
        if (prompt != null && entry.prompt() != null) {
            // The prompt is one of the arguments, and the very same text; of another argument that reads alike it is
            // not known.
            arguments.replaceAll(argument -> argument == prompt ? entry.prompt() : argument);
        }
        if (inArguments) {
            String scope = entry.terms().scope();
            arguments.replaceAll(argument -> Objects.equals(argument, request.scope()) ? scope : argument);
        }
        return new PromptRequest(
                request.cache(),
                request.method(),
                request.returnShape(),
                request.templates(),
                entry.model(),
                parts == null
                        ? request.modelVersion()
                        : version(request.modelVersion(), own.modelVersion(), parts.modelVersion()),
                parts == null
                        ? request.templateVersion()
                        : version(request.templateVersion(), own.templateVersion(), parts.templateVersion()),
                parts == null
                        ? request.cacheVersion()
                        : version(request.cacheVersion(), own.cacheVersion(), parts.cacheVersion()),
                entry.terms().scope(),
                arguments,
                entry.prompt());
    }

    /** A version that is cut in the entry is known only where it is the request's own. */
    private static @Nullable String version(@Nullable String whole, @Nullable String kept, @Nullable String ofEntry) {
        return Objects.equals(kept, ofEntry) ? whole : ofEntry;
    }

    private boolean isKeyOf(CacheEntry entry, PromptRequest other) {
        try {
            return keys.generate(other).digest().equals(entry.digest());
        } catch (RuntimeException | LinkageError | StackOverflowError ex) {
            // A generator of the application's own may not take what it never made.
            return false;
        }
    }

    private Difference difference(RequestComponent component, CacheEntry entry) {
        RequestParts parts = entry.parts();
        return switch (component) {
            case METHOD, RETURN_SHAPE, TEMPLATES, ARGUMENTS -> new Difference(component, null, null);
            case MODEL -> new Difference(component, request.model(), entry.model());
            case MODEL_VERSION ->
                new Difference(component, own.modelVersion(), parts == null ? null : parts.modelVersion());
            case TEMPLATE_VERSION ->
                new Difference(component, own.templateVersion(), parts == null ? null : parts.templateVersion());
            case CACHE_VERSION ->
                new Difference(component, own.cacheVersion(), parts == null ? null : parts.cacheVersion());
            case SCOPE ->
                new Difference(component, request.scope(), entry.terms().scope());
            case PROMPT -> new Difference(component, request.prompt(), entry.prompt());
        };
    }
}
