package io.github.llmcache.faults;

import io.github.llmcache.annotation.CachedPrompt;
import io.github.llmcache.annotation.EvictPrompt;
import io.github.llmcache.annotation.Prompt;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * Two models whose right answers follow from the model, the scope and the prompt alone, a third whose answers are news, which
 * change, and are evicted when they do, and two that do what a test says. Counts how it is asked.
 */
public class OracleModel {

    /** Long enough that callers meet in it. */
    private static final Duration THINKING = Duration.ofMillis(3);

    private final Versions versions;
    private final AtomicLong calls = new AtomicLong();
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger mostRunning = new AtomicInteger();
    private final Map<String, Integer> runningOfOne = new ConcurrentHashMap<>();
    private final AtomicInteger mostRunningOfOne = new AtomicInteger();
    private volatile Behaviour behaviour = prompt -> answerTo("delta", "", prompt);
    private volatile Function<String, CompletableFuture<String>> laterBehaviour =
            prompt -> CompletableFuture.completedFuture(answerTo("epsilon", "", prompt));

    public OracleModel(Versions versions) {
        this.versions = versions;
    }

    /** The right answer: of a fixed form, so that a part of one, or two mixed, is no right answer to anything. */
    static String answerTo(String model, String scope, String prompt) {
        String question = model + "|" + scope + "|" + prompt;
        return question + "|" + Integer.toHexString(question.hashCode()).repeat(40) + "|" + question;
    }

    static String newsOf(String topic, int version) {
        return topic + "|" + version + "|"
                + Integer.toHexString(topic.hashCode() + version).repeat(40);
    }

    @CachedPrompt(model = "alpha", scope = "#scope")
    public String alpha(String scope, @Prompt String prompt) throws InterruptedException {
        return think("alpha", scope, prompt);
    }

    @CachedPrompt(model = "beta", scope = "#scope")
    public String beta(String scope, @Prompt String prompt) throws InterruptedException {
        return think("beta", scope, prompt);
    }

    @CachedPrompt(cacheName = "news", model = "gamma")
    public String news(String topic) throws InterruptedException {
        int version = versions.of(topic);
        Thread.sleep(THINKING.toMillis());
        return newsOf(topic, version);
    }

    /** Evicts all news, and tries again in the background where that fails. */
    @EvictPrompt(cacheName = "news", allEntries = true)
    public void publish() {}

    /** A method whose model does what a test says. */
    @CachedPrompt(model = "delta")
    public String ask(@Prompt String prompt) throws Exception {
        calls.incrementAndGet();
        return behaviour.answer(prompt);
    }

    @CachedPrompt(model = "epsilon")
    public CompletableFuture<String> later(@Prompt String prompt) {
        calls.incrementAndGet();
        return laterBehaviour.apply(prompt);
    }

    void behaves(Behaviour answering) {
        behaviour = answering;
    }

    void behavesLater(Function<String, CompletableFuture<String>> answering) {
        laterBehaviour = answering;
    }

    /** What a model does. */
    interface Behaviour {

        String answer(String prompt) throws Exception;
    }

    private String think(String model, String scope, String prompt) throws InterruptedException {
        String answer = answerTo(model, scope, prompt);
        calls.incrementAndGet();
        mostRunning.accumulateAndGet(running.incrementAndGet(), Math::max);
        mostRunningOfOne.accumulateAndGet(runningOfOne.merge(answer, 1, Integer::sum), Math::max);
        try {
            Thread.sleep(THINKING.toMillis());
            return answer;
        } finally {
            runningOfOne.merge(answer, -1, Integer::sum);
            running.decrementAndGet();
        }
    }

    /** How often the models were asked, but for the news. */
    long calls() {
        return calls.get();
    }

    /** How often they were asked at a time. */
    int mostRunning() {
        return mostRunning.get();
    }

    /** How often they were asked the same at a time. */
    int mostRunningOfOne() {
        return mostRunningOfOne.get();
    }
}
