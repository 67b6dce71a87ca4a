package io.github.llmcache.operations;

import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.engine.CacheModes;
import io.github.llmcache.engine.LookupPreview;
import io.github.llmcache.engine.PromptCache;
import io.github.llmcache.engine.PromptCall;
import io.github.llmcache.engine.PromptCallCapture;
import io.github.llmcache.explain.CallExplainer;
import io.github.llmcache.explain.CallExplanation;
import io.github.llmcache.tier.CacheBrowser;
import io.github.llmcache.tier.CacheEvictor;
import io.github.llmcache.tier.CacheTier;
import io.github.llmcache.tier.Eviction;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The operations over the tiers, the evictor and the browser of the application. Thread-safe. */
public final class DefaultPromptCacheOperations implements PromptCacheOperations {

    /** Tiers have timeouts of their own; this one is for a tier that does not keep to its own. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Evictions evictions;
    private final LookUps lookUps;
    private final PromptCallCapture capture;
    private final EntryLines lines;
    private final CallEntries calls;
    private final ExportedEntries exported;
    private final CallExplainer explainer;
    private final CacheOperationListener listener;

    /**
     * Creates the operations.
     *
     * @param catalog the caches
     * @param tiers where answers are kept, the nearest first
     * @param evictor takes entries away
     * @param browser reads entries
     * @param cache answers look-ups
     * @param capture finds out what calls ask
     * @param modes what each cache does at the moment
     * @param listeners hear what is done
     * @param clock tells the time
     */
    public DefaultPromptCacheOperations(
            CacheCatalog catalog,
            List<CacheTier> tiers,
            CacheEvictor evictor,
            CacheBrowser browser,
            PromptCache cache,
            PromptCallCapture capture,
            CacheModes modes,
            List<CacheOperationListener> listeners,
            InstantSource clock) {
        EntryWriter writer = new EntryWriter(List.copyOf(tiers), PATIENCE, modes);
        this.listener = new GuardedOperationListener(List.copyOf(listeners));
        this.evictions = new Evictions(evictor, catalog, listener);
        this.lookUps = new LookUps(cache);
        this.capture = capture;
        this.explainer = new CallExplainer(new LookupPreview(tiers, modes, clock), browser);
        this.lines = new EntryLines(browser);
        this.calls = new CallEntries(writer, cache, clock);
        this.exported = new ExportedEntries(writer, catalog, clock);
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> Optional<T> lookUp(Callable<? extends @Nullable T> call) {
        return (Optional<T>) lookUp(call, Object.class);
    }

    @Override
    public <T> Optional<T> lookUp(Callable<?> call, Class<T> type) {
        return uncheck(() -> capture.find(call)).flatMap(lookUps::find).map(type::cast);
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> CompletableFuture<Optional<T>> lookUpAsync(
            Callable<? extends CompletionStage<? extends @Nullable T>> call) {
        return uncheck(() -> capture.find(call))
                .map(lookUps::findAsync)
                .orElseGet(() -> CompletableFuture.completedFuture(Optional.empty()))
                .thenApply(answer -> (Optional<T>) answer);
    }

    @Override
    public CallExplanation explain(Callable<?> call) {
        return explainer.explain(uncheck(() -> capture.captureWhole(call)));
    }

    @Override
    public boolean put(Callable<?> call, Object answer) {
        Objects.requireNonNull(answer, "answer");
        return calls.store(captured(call), answer);
    }

    @Override
    public boolean evict(Callable<?> call) {
        PromptCall captured = captured(call);
        return evict(captured.key().cache(), captured.key().digest());
    }

    @Override
    public boolean evict(String cache, String digest) {
        return evictions.evict(cache, new Eviction.OfDigest(digest)) > 0;
    }

    @Override
    public long evictByTag(String cache, String tag) {
        return evictions.evict(cache, new Eviction.OfTag(tag));
    }

    @Override
    public long evictByModel(String cache, String model) {
        return evictions.evict(cache, new Eviction.OfModel(model));
    }

    @Override
    public long evictByScope(String cache, String scope) {
        return evictions.evict(cache, new Eviction.OfScope(scope));
    }

    @Override
    public long evictAll(String cache) {
        return evictions.evict(cache, new Eviction.OfAll());
    }

    @Override
    public Forgotten forget(String scope) throws InterruptedException {
        if (scope.isBlank()) {
            throw new IllegalArgumentException("A scope is not blank");
        }
        return evictions.forget(scope);
    }

    @Override
    public long export(String cache, OutputStream out) throws IOException {
        return lines.write(cache, out, count -> listener.exported(cache, count));
    }

    @Override
    public long export(String cache, Path file) throws IOException {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            return export(cache, out);
        }
    }

    @Override
    public WarmReport warm(InputStream in) throws IOException {
        return warm(exported, in);
    }

    @Override
    public WarmReport warm(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return warm(in);
        }
    }

    @Override
    public WarmReport warm(Path file, Function<String, ?> call) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return warm(line -> storePrompt(line, call), in);
        }
    }

    private WarmReport warm(Warming.LineTarget target, InputStream in) throws IOException {
        Warming warming = new Warming(target);
        try {
            return warming.run(in);
        } finally {
            listener.warmed(warming.stored());
        }
    }

    private boolean storePrompt(JsonLine line, Function<String, ?> call) {
        String prompt = line.get("prompt", String.class);
        PromptCall captured = captured(() -> call.apply(prompt));
        return calls.store(captured, captured.codec().decode(line.json("answer")));
    }

    private PromptCall captured(Callable<?> call) {
        return uncheck(() -> capture.capture(call));
    }

    private static <T extends @Nullable Object> T uncheck(Callable<T> task) {
        try {
            return task.call();
        } catch (RuntimeException ex) {
            throw ex;
        } catch (Exception ex) {
            throw new IllegalStateException("The task failed before it reached a cached method", ex);
        }
    }
}
