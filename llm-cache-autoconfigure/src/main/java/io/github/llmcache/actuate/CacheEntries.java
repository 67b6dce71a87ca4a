package io.github.llmcache.actuate;

import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.tier.CacheBrowser;
import io.github.llmcache.tier.EntryPage;
import io.github.llmcache.tier.StoredEntry;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the entries of caches for a viewer, and says so to the audit. */
final class CacheEntries {

    private static final int DEFAULT_LIMIT = 20;
    private static final int MAX_LIMIT = 1000;
    private static final Pattern DIGEST = Pattern.compile("[A-Za-z0-9_-]{1,128}");

    private final CacheCatalog catalog;
    private final CacheBrowser browser;
    private final CacheAudit audit;
    private final InstantSource clock;

    CacheEntries(CacheCatalog catalog, CacheBrowser browser, CacheAudit audit, InstantSource clock) {
        this.catalog = catalog;
        this.browser = browser;
        this.audit = audit;
        this.clock = clock;
    }

    EntriesDescriptor page(
            Viewer viewer, String cache, @Nullable String cursor, @Nullable Integer limit, @Nullable String prompt) {
        KnownCaches.check(catalog, cache);
        String part = emptyToNull(prompt);
        if (part != null && !viewer.seesValues()) {
            throw RefusedRequestException.forbidden(
                    "Entries are searched by their prompts only for those who are shown "
                            + "prompts: see management.endpoint.llmcache.show-values and management.endpoint.llmcache.roles");
        }
        EntryPage page = read(cache, emptyToNull(cursor), checked(limit), part);
        if (viewer.seesValues()) {
            audit.valuesRead(viewer, cache, null, page.entries().size());
        }
        Instant now = clock.instant();
        List<EntryDescriptor> entries = page.entries().stream()
                .map(entry -> viewer.seesValues()
                        ? EntryDescriptor.withPrompt(entry, now)
                        : EntryDescriptor.hidden(entry, now))
                .toList();
        return new EntriesDescriptor(entries, page.unreadable(), page.next());
    }

    Optional<EntryDescriptor> find(Viewer viewer, String cache, String digest) {
        KnownCaches.check(catalog, cache);
        if (!isDigest(digest)) {
            return Optional.empty();
        }
        return browser.find(cache, digest).map(entry -> describe(viewer, cache, entry));
    }

    private EntryDescriptor describe(Viewer viewer, String cache, StoredEntry entry) {
        if (!viewer.seesValues()) {
            return EntryDescriptor.hidden(entry, clock.instant());
        }
        audit.valuesRead(viewer, cache, entry.entry().digest(), 1);
        return EntryDescriptor.withAnswer(entry, clock.instant());
    }

    private EntryPage read(String cache, @Nullable String cursor, int limit, @Nullable String prompt) {
        try {
            return browser.page(cache, cursor, limit, prompt);
        } catch (IllegalArgumentException ex) {
            throw RefusedRequestException.bad(
                    "The cursor is none: leave it out to begin, or take 'next' of the page before");
        }
    }

    /** Keeps other text out of keys and audit events, such as the end of a readable key, which holds the prompt. */
    static boolean isDigest(String digest) {
        return DIGEST.matcher(digest).matches();
    }

    private static int checked(@Nullable Integer limit) {
        int checked = limit == null ? DEFAULT_LIMIT : limit;
        if (checked < 1 || checked > MAX_LIMIT) {
            throw badLimit();
        }
        return checked;
    }

    static RefusedRequestException badLimit() {
        return RefusedRequestException.bad("The limit is a whole number from 1 to " + MAX_LIMIT);
    }

    private static @Nullable String emptyToNull(@Nullable String text) {
        return text == null || text.isEmpty() ? null : text;
    }
}
