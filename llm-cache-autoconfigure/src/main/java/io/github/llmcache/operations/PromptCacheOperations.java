package io.github.llmcache.operations;

import io.github.llmcache.explain.CallExplanation;
import io.github.llmcache.tier.TierException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What an application does with its caches besides calling cached methods; a bean of this type is there to be injected.
 *
 * <pre>{@code
 * operations.lookUp(() -> assistant.ask("What is RAG?"));        // the answer in the cache, if there is one
 * operations.put(() -> assistant.ask("What is RAG?"), answer);   // answers it by hand
 * operations.evict(() -> assistant.ask("What is RAG?"));
 * }</pre>
 *
 * <p>A request is named by the call that makes it. The method is not run: the call ends where the cache begins, so advice
 * around it (authorization, validation) is asked as always. The call then returns null to the advice and to the task, or
 * zero, or a stage or publisher of nothing, so a task does nothing but the call; a transaction that it takes part in goes on.
 * The call is made on the calling thread, to a bean, and is the first cached one in the task.
 *
 * <p>Thread-safe. Operations block, and throw {@link TierException} where a tier fails, except that a look-up then finds
 * nothing. Where {@code llm-cache.enabled} is false, or there is no tier, nothing is found, stored or evicted, and no task is
 * run: its call would reach the model.
 */
public interface PromptCacheOperations {

    /**
     * Looks up what the cache would answer, fresh or as stale as it may be served; for methods that return the answer
     * itself.
     *
     * <p>What the task throws is thrown, whether before or after the call: advice may say so that the answer is not to be
     * seen. But it sees no answer. Where advice judges answers (such as {@code @PostAuthorize}), call the method itself with
     * {@link io.github.llmcache.engine.PromptDirectives#ONLY_IF_CACHED}.
     *
     * @param call calls the cached method, on this thread
     * @param <T> what the method returns
     * @return the answer, or empty where there is none, or the call has no key
     * @throws IllegalStateException if no cached method is called, or the task ends with a checked exception
     */
    <T> Optional<T> lookUp(Callable<? extends @Nullable T> call);

    /**
     * Looks up what the cache would answer, by the answer's own type: of a method that returns a stage or a {@code Mono} what
     * that completes with, of one that returns a {@code Flux} the list of its elements.
     *
     * <pre>{@code
     * operations.lookUp(() -> assistant.stream("What is RAG?"), List.class);
     * }</pre>
     *
     * @param call calls the cached method, on this thread
     * @param type the type of the answer
     * @param <T> the type of the answer
     * @return the answer, or empty where there is none, or the call has no key
     * @throws IllegalStateException if no cached method is called, or the task ends with a checked exception
     * @throws ClassCastException if the answer is of another type
     */
    <T> Optional<T> lookUp(Callable<?> call, Class<T> type);

    /**
     * Looks up what the cache would answer to a call of an asynchronous method.
     *
     * @param call calls the cached method, on this thread
     * @param <T> what the method's stage completes with
     * @return a future of the answer, or of empty where there is none
     * @throws IllegalStateException if no cached method is called, or the task ends with a checked exception
     */
    <T> CompletableFuture<Optional<T>> lookUpAsync(Callable<? extends CompletionStage<? extends @Nullable T>> call);

    /**
     * Explains why a call would be answered from the cache at this moment, or not: what its key is made from, where an entry was
     * looked for, and for a miss in what the nearest entries differ. Nothing is stored, counted or told to listeners.
     *
     * <p>Takes calls of cached methods and of decorated models. The nearest entries are looked for within the whole cache, at
     * most 1000 of them and for about half a second. What comes back holds what was asked, and prompts and scopes of others.
     *
     * @param call calls the cached method or model, on this thread
     * @return the explanation; where a tier fails it tells so
     * @throws IllegalStateException if no cached method is called, or the task ends with a checked exception before
     */
    CallExplanation explain(Callable<?> call);

    /**
     * Stores an answer to a call, for as long as the method's own answers are kept, and waits until it is stored.
     *
     * <p>Neither {@code unless} nor the rules for whole answers are asked.
     *
     * @param call calls the cached method, on this thread
     * @param answer the answer; for an asynchronous method what its stage completes with
     * @return true when it is stored; false if what was asked was evicted meanwhile, an entry of a newer release is there, or
     *     the mode of the cache is {@code off} or {@code read-only}
     * @throws IllegalStateException if no cached method is called, or the call has no key, saying why
     * @throws io.github.llmcache.payload.PayloadException if the answer is not of the method's type
     * @throws IllegalArgumentException if the answer is larger than {@code max-entry-size}
     */
    boolean put(Callable<?> call, Object answer);

    /**
     * Evicts the answer to a call.
     *
     * @param call calls the cached method, on this thread
     * @return whether there was one
     * @throws IllegalStateException if no cached method is called, or the call has no key, saying why
     */
    boolean evict(Callable<?> call);

    /**
     * Evicts one answer.
     *
     * @param cache the cache
     * @param digest the whole digest of the request, as the log and the endpoint tell it
     * @return whether there was one
     */
    boolean evict(String cache, String digest);

    /**
     * Evicts the answers with a tag.
     *
     * @param cache the cache
     * @param tag the tag
     * @return how many there were
     */
    long evictByTag(String cache, String tag);

    /**
     * Evicts the answers of a model.
     *
     * @param cache the cache
     * @param model the model's name
     * @return how many there were
     */
    long evictByModel(String cache, String model);

    /**
     * Evicts the answers that belong to somebody.
     *
     * @param cache the cache
     * @param scope the text of the scope
     * @return how many there were
     */
    long evictByScope(String cache, String scope);

    /**
     * Evicts all answers of a cache.
     *
     * @param cache the cache
     * @return how many there were
     */
    long evictAll(String cache);

    /**
     * Deletes all answers that belong to somebody from all caches, and waits until no instance of the application serves one
     * from its memory.
     *
     * <p>The caches are those that the application knows and all others under its prefix in Redis, such as one that no bean
     * has named yet. Where one fails the others are gone through all the same, and the failure is thrown in the end.
     *
     * <p>Other instances remember what they were asked, prompts and scope, for up to ten minutes after the last such call, in
     * memory only, to know keys again. Logs, backups and exports are not gone through.
     *
     * @param scope the text of the scope; of an enum constant its class's name, a dot and its own name
     * @return how many answers there were
     * @throws InterruptedException if this thread is interrupted while it waits; the answers are deleted by then
     */
    Forgotten forget(String scope) throws InterruptedException;

    /**
     * Writes the entries of a cache as JSON Lines in UTF-8: one object a line, with the prompt, the scope and the answer.
     *
     * <p>An entry that is stored anew meanwhile can be there twice, and {@link #warm(InputStream)} copes with it. Entries that
     * can't be read are left out.
     *
     * @param cache the cache
     * @param out where to write; flushed, not closed
     * @return how many lines were written
     * @throws IOException if writing fails
     */
    long export(String cache, OutputStream out) throws IOException;

    /**
     * Writes the entries of a cache to a file, which is overwritten; see {@link #export(String, OutputStream)}.
     *
     * @param cache the cache
     * @param file the file
     * @return how many lines were written
     * @throws IOException if writing fails
     */
    long export(String cache, Path file) throws IOException;

    /**
     * Stores entries that were exported, each into the cache that its line names and for as long as it is still fresh.
     *
     * <p>Expired ones are skipped, and all of a cache in mode {@code off} or {@code read-only}, and those for which the cache has an entry that is not older. What was evicted since the
     * export comes back. A line that can't be read does not stop the rest; a tier that fails ten times in a row does.
     *
     * @param lines JSON Lines in UTF-8; not closed
     * @return what became of the lines
     * @throws IOException if reading fails
     */
    WarmReport warm(InputStream lines) throws IOException;

    /**
     * Stores entries that were exported to a file; see {@link #warm(InputStream)}.
     *
     * @param file the file
     * @return what became of the lines
     * @throws IOException if reading fails
     */
    WarmReport warm(Path file) throws IOException;

    /**
     * Stores answers to prompts: each line is <code>{"prompt": "...", "answer": ...}</code>, the answer as JSON of the
     * method's type, and is stored as by {@link #put}.
     *
     * @param file JSON Lines in UTF-8
     * @param call calls the cached method with a prompt, on this thread
     * @return what became of the lines
     * @throws IOException if reading fails
     */
    WarmReport warm(Path file, Function<String, ?> call) throws IOException;
}
