package io.github.llmcache.operations;

import io.github.llmcache.explain.CallExplanation;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The operations where there is no cache: nothing is found, stored or evicted. No task is run, because its call would reach
 * the model. Thread-safe.
 */
public final class InertPromptCacheOperations implements PromptCacheOperations {

    /** Creates the operations. */
    public InertPromptCacheOperations() {}

    @Override
    public <T> Optional<T> lookUp(Callable<? extends @Nullable T> call) {
        return Optional.empty();
    }

    @Override
    public <T> Optional<T> lookUp(Callable<?> call, Class<T> type) {
        return Optional.empty();
    }

    @Override
    public <T> CompletableFuture<Optional<T>> lookUpAsync(
            Callable<? extends CompletionStage<? extends @Nullable T>> call) {
        return CompletableFuture.completedFuture(Optional.empty());
    }

    @Override
    public CallExplanation explain(Callable<?> call) {
        return CallExplanation.withoutCache();
    }

    @Override
    public boolean put(Callable<?> call, Object answer) {
        return false;
    }

    @Override
    public boolean evict(Callable<?> call) {
        return false;
    }

    @Override
    public boolean evict(String cache, String digest) {
        return false;
    }

    @Override
    public long evictByTag(String cache, String tag) {
        return 0;
    }

    @Override
    public long evictByModel(String cache, String model) {
        return 0;
    }

    @Override
    public long evictByScope(String cache, String scope) {
        return 0;
    }

    @Override
    public long evictAll(String cache) {
        return 0;
    }

    @Override
    public Forgotten forget(String scope) {
        return new Forgotten(Map.of());
    }

    @Override
    public long export(String cache, OutputStream out) {
        return 0;
    }

    @Override
    public long export(String cache, Path file) throws IOException {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            return export(cache, out);
        }
    }

    @Override
    public WarmReport warm(InputStream lines) throws IOException {
        return new Warming(line -> false).run(lines);
    }

    @Override
    public WarmReport warm(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return warm(in);
        }
    }

    @Override
    public WarmReport warm(Path file, Function<String, ?> call) throws IOException {
        return warm(file);
    }
}
