package io.github.llmcache.redis;

import io.github.llmcache.annotation.CachedPrompt;
import java.util.concurrent.atomic.AtomicInteger;

/** A model whose right answers are known, and which counts how often it is asked. */
public class Oracle {

    private final AtomicInteger calls = new AtomicInteger();

    /** What the right answer to a question is. */
    public static String answerTo(String question) {
        return "Answer to " + question;
    }

    public int calls() {
        return calls.get();
    }

    @CachedPrompt
    public String ask(String question) {
        calls.incrementAndGet();
        return answerTo(question);
    }

    @CachedPrompt(ttl = "20s")
    public String askBriefly(String question) {
        return ask(question);
    }

    @CachedPrompt("faq")
    public String askFaq(String question) {
        return ask(question);
    }

    @CachedPrompt
    public String recite(int length) {
        calls.incrementAndGet();
        return "x".repeat(length);
    }
}
