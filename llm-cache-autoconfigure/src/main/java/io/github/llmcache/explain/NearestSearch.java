package io.github.llmcache.explain;

import io.github.llmcache.tier.CacheBrowser;
import io.github.llmcache.tier.EntryPage;
import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.StoredEntry;
import io.github.llmcache.tier.TierException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks for the entries that are most like what was asked: first by how many components are the same, then by the words of
 * the prompts, then by age, the youngest first.
 *
 * <p>Thread-safe. Bounded in time and number, whatever the size of the cache.
 */
final class NearestSearch {

    /** How many entries are told. */
    private static final int TOLD = 5;

    /** How many entries are looked at. */
    static final int MOST = 1000;

    /** How long entries are looked at; the page that is read when it is over is read to its end. */
    static final Duration LONGEST = Duration.ofMillis(500);

    /** Few enough that the answers of a page fit into memory, and that time is looked at often. */
    private static final int PAGE = 20;

    private static final Comparator<NearEntry> NEAREST_FIRST = Comparator.comparingInt(NearEntry::equal)
            .thenComparingDouble(NearEntry::similarity)
            .thenComparing(near -> near.stored().entry().createdAt())
            .reversed();

    private final CacheBrowser browser;
    private final LongSupplier nanoTime;

    NearestSearch(CacheBrowser browser, LongSupplier nanoTime) {
        this.browser = browser;
        this.nanoTime = nanoTime;
    }

    NearestEntries in(String cache, Function<StoredEntry, NearEntry> comparison) {
        long end = nanoTime.getAsLong() + LONGEST.toNanos();
        List<NearEntry> nearest = new ArrayList<>();
        int compared = 0;
        String cursor = null;
        FailureKind problem = null;
        try {
            do {
                EntryPage page = browser.page(cache, cursor, Math.min(PAGE, MOST - compared), null);
                for (StoredEntry entry : page.entries()) {
                    keep(comparison.apply(entry), nearest);
                }
                compared += page.entries().size();
                cursor = page.next();
            } while (cursor != null && compared < MOST && nanoTime.getAsLong() - end < 0);
        } catch (TierException ex) {
            problem = ex.kind();
        }
        return new NearestEntries(nearest, compared, cursor == null && problem == null, problem);
    }

    /** A scan may give an entry twice. */
    private static void keep(NearEntry entry, List<NearEntry> nearest) {
        if (nearest.stream().noneMatch(known -> isSame(known.stored(), entry.stored()))) {
            nearest.add(entry);
            nearest.sort(NEAREST_FIRST);
            if (nearest.size() > TOLD) {
                nearest.remove(TOLD);
            }
        }
    }

    /** Many entries have one key where they are fields of a hash, and one may stand under two keys. */
    private static boolean isSame(StoredEntry one, StoredEntry other) {
        return one.key().equals(other.key())
                && one.entry().digest().equals(other.entry().digest());
    }

    /** The nearest entry, or null. */
    static @Nullable NearEntry first(@Nullable NearestEntries found) {
        return found == null || found.entries().isEmpty()
                ? null
                : found.entries().get(0);
    }
}
