package io.github.llmcache.engine;

import io.github.llmcache.event.PromptCacheListener;
import io.github.llmcache.tier.CacheTier;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The one path of a call, in this order:
 *
 * <ol>
 *   <li>A call that may not use the cache, by its directives or by the mode, asks the model ({@link Calls}).
 *   <li>The tiers are asked, the nearest first ({@link CallSteps#lookup}). What is fresh is returned; what is stale too,
 *       and is refreshed in the background ({@link StaleRefresher}).
 *   <li>A call for a cached answer only ends here.
 *   <li>Of all equal calls one has the turn, in this JVM and in the fleet; the others wait for its answer ({@link Turns}).
 *   <li>Guards may refuse it ({@link Turn#begin}); then the model is asked, on the caller's own thread
 *       ({@link BlockingCall}) or on none ({@link AsyncCall}).
 *   <li>If the model fails, an old answer may be served instead ({@link Turn#failed}); if it answers, the answer is
 *       admitted, stored and given to those who wait ({@link Turn#loaded}).
 * </ol>
 *
 * <p>Thread-safe. Nothing that goes wrong in a tier, a codec or a listener reaches the caller; what the model throws reaches
 * it untouched.
 */
public final class PromptCache {

    private final Turn.Rules rules;
    private final Calls calls;
    private final Turns turns;
    private final StaleRefresher refresher;
    private final EngineThreads threads;
    private final CallSubject subject;

    /**
     * Creates a cache with the defaults of {@link EngineOptions}.
     *
     * @param tiers where answers are kept, the nearest first
     * @param listener hears of every call; must not throw
     * @param observer tells callers the outcome of their own calls
     * @param clock tells the time at which answers are made
     */
    public PromptCache(
            List<? extends CacheTier> tiers,
            PromptCacheListener listener,
            PromptCallObserver observer,
            InstantSource clock) {
        this(tiers, listener, observer, clock, EngineOptions.DEFAULTS, new EngineThreads());
    }

    /**
     * Creates a cache.
     *
     * @param tiers where answers are kept, the nearest first; the last one says who may ask the model
     * @param listener hears of every call; must not throw
     * @param observer tells callers the outcome of their own calls
     * @param clock tells the time at which answers are made
     * @param options how calls share, what guards them, and what the caches do
     * @param threads go on with what is not done on callers' threads
     */
    public PromptCache(
            List<? extends CacheTier> tiers,
            PromptCacheListener listener,
            PromptCallObserver observer,
            InstantSource clock,
            EngineOptions options,
            EngineThreads threads) {
        this.rules = new Turn.Rules(
                List.copyOf(tiers), new LoadGuards(options.guards()), options.admission(), options.models(), clock);
        this.calls = new Calls(
                rules.tiers(), listener, observer, clock, options.modes(), options.models(), options.subject());
        this.subject = options.subject();
        this.threads = threads;
        SingleFlight flights = new SingleFlight(options.maxWait(), threads.timer());
        this.turns = new Turns(rules, options.singleFlight() ? flights : null, options.maxWait());
        this.refresher = new StaleRefresher(
                turns, flights, threads.background(), options.maxConcurrentRefreshes(), options.context());
    }

    /**
     * Answers a blocking call.
     *
     * @param asked what is asked
     * @param load asks the model, on this thread, or in the background where an old answer is at hand
     * @return the answer, which no other caller holds unless it can't be changed
     * @throws Throwable what the model threw, or that the model was not asked
     */
    public @Nullable Object call(PromptCall asked, Load<?> load) throws Throwable {
        CallSteps call = calls.begin(asked);
        Object hit = call.lookup();
        if (hit != null) {
            if (call.isStale()) {
                refresher.refresh(call.again(), () -> CompletableFuture.completedFuture(load.get()));
            }
            return hit;
        }
        call.refuseIfOnlyCached();
        return new BlockingCall(rules, call, load).answer(turns.next(call), refresher);
    }

    /**
     * Answers an asynchronous call, without blocking.
     *
     * @param asked what is asked
     * @param load asks the model, on this thread, or in its context on another one
     * @return a future of the answer; cancelling it cancels the model's, if that is a future and nobody else waits for it
     */
    public CompletableFuture<?> callAsync(PromptCall asked, Load<? extends CompletionStage<?>> load) {
        CallSteps call = calls.begin(asked);
        CompletableFuture<@Nullable Object> result = new CompletableFuture<>();
        new AsyncLookup(call, load, refresher).start(result, () -> {
            AsyncCall missed = new AsyncCall(call, turns.next(call), load, result);
            missed.start(refresher.captured(missed::ask), threads, call.patience());
        });
        return result;
    }

    /**
     * Opens a call whose caller asks the model itself, such as a stream's, without blocking. A {@code load-timeout} does not
     * count for it.
     *
     * @param asked what is asked
     * @param refresh asks the model for the whole answer, in the background, where the answer of the turn is stale
     * @return the answer, or the turn to ask the model; or exceptionally what the model threw that another call asked, or
     *     that it was not asked; cancelling it leaves the wait
     */
    public CompletableFuture<PromptTurn> open(PromptCall asked, Load<? extends CompletionStage<?>> refresh) {
        CallSteps call = calls.begin(asked);
        CompletableFuture<@Nullable Object> hit = new CompletableFuture<>();
        OpenCall opened = new OpenCall(rules, call, hit);
        new AsyncLookup(call, refresh, refresher).start(hit, () -> opened.await(turns.next(call), threads.answers()));
        return opened.turn();
    }

    /**
     * Answers calls whose requests the model takes together, such as texts to embed: those that the tiers do not know are
     * loaded at once. Equal calls do not wait for one another.
     *
     * @param asked what is asked, no two of one key
     * @param load asks the model, on this thread, or for a single one in the background where an old answer is at hand
     * @return the answers, in the order of the calls
     * @throws Throwable what the model threw, or that the model was not asked
     */
    public List<Object> callAll(List<PromptCall> asked, BatchLoad load) throws Throwable {
        return new BatchCall(rules, asked.stream().map(calls::begin).toList(), load, refresher).answer();
    }

    /**
     * Takes what belongs to this thread's context along to another one, such as that on which a call was opened.
     *
     * @param task goes on with a call
     * @return the same task, in this thread's context
     */
    public Runnable inContext(Runnable task) {
        return refresher.captured(task);
    }

    /** Runs what goes on with a call and may block, each task on a thread of its own. */
    public Executor background() {
        return threads.background();
    }

    /**
     * Tells what holds for an answer that is stored now: the TTL is the method's own, or else that registered of the model, or
     * else the cache's.
     *
     * @param policy what holds for the answers of the method
     * @return the same, with the TTL that counts at the moment
     */
    public CachePolicy now(CachePolicy policy) {
        return policy.asRegistered(rules.models());
    }

    /** Tells whose usage the calls are that do not say so themselves; {@link CallSubject#NONE} where none is counted. */
    public CallSubject subject() {
        return subject;
    }

    /**
     * Calls the method without a look into the cache, and tells why.
     *
     * @param bypass what is passed by, and why
     * @param load asks the model
     * @return what it answers
     * @throws Throwable what the model threw, or that the model was not asked
     */
    public @Nullable Object bypass(PromptBypass bypass, Load<?> load) throws Throwable {
        CallSteps call = calls.begin(bypass);
        call.refuseIfOnlyCached();
        return new BlockingCall(rules, call, load).ask(new Turn(rules, call, null, null));
    }

    /**
     * Calls an asynchronous method without a look into the cache, and tells why.
     *
     * @param bypass what is passed by, and why
     * @param load asks the model, on this thread
     * @return a future of what it answers
     */
    public CompletableFuture<?> bypassAsync(PromptBypass bypass, Load<? extends CompletionStage<?>> load) {
        CallSteps call = calls.begin(bypass);
        CompletableFuture<@Nullable Object> result = new CompletableFuture<>();
        new AsyncLookup(call, load, refresher).start(result, () -> {
            AsyncCall passing = new AsyncCall(call, turns.next(call), load, result);
            passing.start(passing::ask, threads, null);
        });
        return result;
    }

    /**
     * Opens a call whose caller asks the model itself, without a look into the cache, and tells why.
     *
     * @param bypass what is passed by, and why
     * @return the turn to ask the model, which has no answer
     * @throws LoadRefusedException if a guard does not let the model be asked
     */
    public PromptTurn openBypass(PromptBypass bypass) {
        CallSteps call = calls.begin(bypass);
        call.refuseIfOnlyCached();
        Turn turn = new Turn(rules, call, null, null);
        try {
            turn.begin(false);
        } catch (LoadRefusedException refusal) {
            turn.failed(refusal);
            throw refusal;
        }
        return turn;
    }
}
