package io.github.llmcache.operations;

import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.engine.PromptCall;
import io.github.llmcache.engine.PromptCallCapture;
import io.github.llmcache.engine.PromptCallDirectives;
import io.github.llmcache.engine.PromptDirectives;
import io.github.llmcache.engine.PromptNotCachedException;
import io.github.llmcache.tier.CacheBrowser;
import io.github.llmcache.tier.CacheEvictor;
import io.github.llmcache.tier.CacheTier;
import io.github.llmcache.tier.Eviction;
import io.github.llmcache.tier.TierException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The operations over the tiers, the evictor and the browser of the application. Thread-safe. */
public final class DefaultPromptCacheOperations implements PromptCacheOperations {

    /** Tiers have timeouts of their own; this one is for a tier that does not keep to its own. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final CacheCatalog catalog;
    private final CacheEvictor evictor;
    private final PromptCallDirectives directives;
    private final PromptCallCapture capture;
    private final EntryLines lines;
    private final CallEntries calls;
    private final ExportedEntries exported;

    /**
     * Creates the operations.
     *
     * @param catalog the caches
     * @param tiers where answers are kept, the nearest first
     * @param evictor takes entries away
     * @param browser reads entries
     * @param directives give directives to look-ups
     * @param capture finds out what calls ask
     * @param clock tells the time
     */
    public DefaultPromptCacheOperations(
            CacheCatalog catalog,
            List<CacheTier> tiers,
            CacheEvictor evictor,
            CacheBrowser browser,
            PromptCallDirectives directives,
            PromptCallCapture capture,
            InstantSource clock) {
        EntryWriter writer = new EntryWriter(List.copyOf(tiers), PATIENCE);
        this.catalog = catalog;
        this.evictor = evictor;
        this.directives = directives;
        this.capture = capture;
        this.lines = new EntryLines(browser);
        this.calls = new CallEntries(writer, clock);
        this.exported = new ExportedEntries(writer, catalog, clock);
    }

    @Override
    public <T> Optional<T> lookUp(Callable<? extends @Nullable T> call) {
        try {
            return Optional.ofNullable(uncheck(() -> directives.call(PromptDirectives.ONLY_IF_CACHED, call)));
        } catch (PromptNotCachedException ex) {
            return Optional.empty();
        }
    }

    @Override
    public <T> CompletableFuture<Optional<T>> lookUpAsync(
            Callable<? extends CompletionStage<? extends @Nullable T>> call) {
        CompletionStage<? extends @Nullable T> stage;
        try {
            stage = uncheck(() -> directives.call(PromptDirectives.ONLY_IF_CACHED, call));
        } catch (PromptNotCachedException ex) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        return stage.toCompletableFuture().handle((answer, failure) -> {
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            if (cause == null) {
                return Optional.ofNullable((T) answer);
            }
            if (cause instanceof PromptNotCachedException) {
                return Optional.empty();
            }
            throw new CompletionException(cause);
        });
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
        return evictor.evict(cache, new Eviction.OfDigest(digest)) > 0;
    }

    @Override
    public long evictByTag(String cache, String tag) {
        return evictor.evict(cache, new Eviction.OfTag(tag));
    }

    @Override
    public long evictByModel(String cache, String model) {
        return evictor.evict(cache, new Eviction.OfModel(model));
    }

    @Override
    public long evictByScope(String cache, String scope) {
        return evictor.evict(cache, new Eviction.OfScope(scope));
    }

    @Override
    public long evictAll(String cache) {
        return evictor.evict(cache, new Eviction.OfAll());
    }

    @Override
    public Forgotten forget(String scope) throws InterruptedException {
        if (scope.isBlank()) {
            throw new IllegalArgumentException("A scope is not blank");
        }
        Map<String, Long> entries = new LinkedHashMap<>();
        TierException failure = null;
        for (String cache : List.copyOf(catalog.names())) {
            try {
                entries.put(cache, evictByScope(cache, scope));
            } catch (TierException ex) {
                if (failure == null) {
                    failure = ex;
                } else {
                    failure.addSuppressed(ex);
                }
            }
        }
        Thread.sleep(evictor.settlingTime().toMillis());
        if (failure != null) {
            throw failure;
        }
        return new Forgotten(entries);
    }

    @Override
    public long export(String cache, OutputStream out) throws IOException {
        return lines.write(cache, out);
    }

    @Override
    public long export(String cache, Path file) throws IOException {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            return export(cache, out);
        }
    }

    @Override
    public WarmReport warm(InputStream in) throws IOException {
        return new Warming(exported).run(in);
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
            return new Warming(line -> storePrompt(line, call)).run(in);
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
