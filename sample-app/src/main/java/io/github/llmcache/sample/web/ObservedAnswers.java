package io.github.llmcache.sample.web;

import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.service.Result;
import io.github.llmcache.engine.ObservedCall;
import io.github.llmcache.engine.PromptCallObserver;
import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.event.PromptCacheEvent;
import io.github.llmcache.langchain4j.memory.ChatMemoryException;
import io.github.llmcache.sample.HalfAnswerException;
import io.github.llmcache.usage.UsageLimitExceededException;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Component;

/** Has a question answered, and tells how the cache took part and how long it took. */
@Component
class ObservedAnswers {

    private final PromptCallObserver observer;
    private final RecentCalls recent;

    ObservedAnswers(PromptCallObserver observer, RecentCalls recent) {
        this.observer = observer;
        this.recent = recent;
    }

    Answer to(String prompt, Callable<Result<String>> question) {
        long start = System.nanoTime();
        ObservedCall<Result<String>> call = observed(prompt, question);
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        return new Answer(
                whole(call.value()),
                // A cache that is switched off reports no call.
                call.outcome().orElse(CacheOutcome.BYPASS),
                call.last().map(PromptCacheEvent::tier).orElse(null),
                millis);
    }

    // Whoever asked is not shown half an answer as if it were one; some servers do not say why they stopped.
    private static String whole(Result<String> result) {
        FinishReason reason = result.finishReason();
        if (reason != null && reason != FinishReason.STOP) {
            throw new ModelFailedException(new HalfAnswerException());
        }
        return result.content();
    }

    private ObservedCall<Result<String>> observed(String prompt, Callable<Result<String>> question) {
        try {
            return observer.observe(question, call -> recent.add(prompt, call));
        } catch (UsageLimitExceededException | ChatMemoryException ex) {
            throw ex;
        } catch (Exception ex) {
            throw new ModelFailedException(ex);
        }
    }
}
