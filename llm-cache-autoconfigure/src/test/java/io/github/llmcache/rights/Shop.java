package io.github.llmcache.rights;

import io.github.llmcache.annotation.CachedPrompt;
import io.github.llmcache.annotation.EvictPrompt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A service that asks a model. */
public class Shop {

    static final String ANSWER = "because";

    private volatile CountDownLatch gate = new CountDownLatch(0);

    /** From now on the model answers when a gate is open. */
    public void answerAfter(CountDownLatch opened) {
        gate = opened;
    }

    @CachedPrompt
    public String ask(String question) {
        return answer();
    }

    @CachedPrompt(model = "gpt", scope = "#user", tags = "why")
    public String ask(String question, String user) {
        return answer();
    }

    @CachedPrompt(model = "gpt", key = "#question")
    public String keyed(String question) {
        return answer();
    }

    @CachedPrompt(model = "gpt")
    public CompletableFuture<String> askLater(String question) {
        return CompletableFuture.completedFuture(answer());
    }

    @EvictPrompt(allEntries = true)
    public void change() {}

    private String answer() {
        try {
            gate.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
        return ANSWER;
    }
}
