package io.github.llmcache.testing;

import io.github.llmcache.tier.CacheBrowser;
import io.github.llmcache.tier.EntryCount;
import io.github.llmcache.tier.EntryPage;
import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.ServerMemory;
import io.github.llmcache.tier.StoredEntry;
import io.github.llmcache.tier.TierException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Entries in this JVM's memory, for tests of what looks into a cache; a cursor is the number of entries read. */
public final class InMemoryCacheBrowser implements CacheBrowser {

    private final Map<String, Map<String, StoredEntry>> caches = new ConcurrentSkipListMap<>();
    private final List<Duration> budgets = new CopyOnWriteArrayList<>();
    private volatile Supplier<Optional<ServerMemory>> memory = Optional::empty;
    private volatile @Nullable FailureKind failure;
    private volatile boolean countsToTheEnd = true;

    /** Creates a browser without entries. */
    public InMemoryCacheBrowser() {}

    /** Keeps an entry. */
    public void put(String cache, StoredEntry entry) {
        entriesOf(cache).put(entry.entry().digest(), entry);
    }

    /** Forgets all that was set. */
    public void reset() {
        caches.clear();
        budgets.clear();
        memory = Optional::empty;
        failure = null;
        countsToTheEnd = true;
    }

    /** Says what the server tells of its memory. */
    public void tellMemory(Supplier<Optional<ServerMemory>> told) {
        this.memory = told;
    }

    /** Makes every operation fail, or none if null. */
    public void failWith(@Nullable FailureKind kind) {
        this.failure = kind;
    }

    /** Makes counts end early. */
    public void runOutOfTime() {
        this.countsToTheEnd = false;
    }

    /** How long each count was allowed to take, in their order. */
    public List<Duration> budgets() {
        return List.copyOf(budgets);
    }

    /** The digests of the entries of a cache. */
    public List<String> digests(String cache) {
        return List.copyOf(entriesOf(cache).keySet());
    }

    @Override
    public EntryPage page(String cache, @Nullable String cursor, int limit, @Nullable String prompt) {
        check();
        int from = cursor == null ? 0 : Integer.parseInt(cursor);
        List<StoredEntry> found = entriesOf(cache).values().stream()
                .filter(entry -> matches(entry.entry().prompt(), prompt))
                .toList();
        int to = Math.min(found.size(), from + limit);
        return new EntryPage(
                new ArrayList<>(found.subList(Math.min(from, to), to)),
                0,
                to < found.size() ? Integer.toString(to) : null);
    }

    @Override
    public Optional<StoredEntry> find(String cache, String digest) {
        check();
        return Optional.ofNullable(entriesOf(cache).get(digest));
    }

    @Override
    public boolean evict(String cache, String digest) {
        check();
        return entriesOf(cache).remove(digest) != null;
    }

    @Override
    public long evictAll(String cache) {
        check();
        int entries = entriesOf(cache).size();
        entriesOf(cache).clear();
        return entries;
    }

    @Override
    public EntryCount count(String cache, Duration atMost) {
        budgets.add(atMost);
        check();
        return new EntryCount(entriesOf(cache).size(), countsToTheEnd);
    }

    @Override
    public Optional<ServerMemory> memory() {
        check();
        return memory.get();
    }

    private void check() {
        FailureKind kind = failure;
        if (kind != null) {
            throw new TierException(kind, "Redis failed: " + kind, null);
        }
    }

    private Map<String, StoredEntry> entriesOf(String cache) {
        return caches.computeIfAbsent(cache, name -> new ConcurrentSkipListMap<>());
    }

    private static boolean matches(@Nullable String prompt, @Nullable String part) {
        return part == null
                || (prompt != null && prompt.toLowerCase(Locale.ROOT).contains(part.toLowerCase(Locale.ROOT)));
    }
}
