package io.github.llmcache.sample.web;

import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.service.Result;
import io.github.llmcache.engine.ObservedCall;
import io.github.llmcache.engine.PromptCallObserver;
import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.event.PromptCacheEvent;
import io.github.llmcache.sample.Assistant;
import io.github.llmcache.sample.HalfAnswerException;
import io.github.llmcache.usage.UsageLimitExceededException;
import java.util.concurrent.TimeUnit;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Passes a question to the assistant and says how the cache took part. */
@RestController
class AskController {

    static final String HEADER = "X-LLM-Cache";

    private final Assistant assistant;
    private final PromptCallObserver observer;
    private final RecentCalls recent;

    AskController(Assistant assistant, PromptCallObserver observer, RecentCalls recent) {
        this.assistant = assistant;
        this.observer = observer;
        this.recent = recent;
    }

    @PostMapping("/api/ask")
    ResponseEntity<Answer> ask(@RequestBody Question question) {
        String prompt = question.checkedPrompt();
        long start = System.nanoTime();
        ObservedCall<Result<String>> call = observed(prompt);
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        Answer answer = new Answer(
                whole(call.value()),
                // A cache that is switched off reports no call.
                call.outcome().orElse(CacheOutcome.BYPASS),
                call.last().map(PromptCacheEvent::tier).orElse(null),
                millis);
        return ResponseEntity.ok().header(HEADER, answer.header()).body(answer);
    }

    // Whoever asked is not shown half an answer as if it were one; some servers do not say why they stopped.
    private static String whole(Result<String> result) {
        FinishReason reason = result.finishReason();
        if (reason != null && reason != FinishReason.STOP) {
            throw new ModelFailedException(new HalfAnswerException());
        }
        return result.content();
    }

    private ObservedCall<Result<String>> observed(String prompt) {
        try {
            return observer.observe(() -> assistant.ask(prompt), call -> recent.add(prompt, call));
        } catch (UsageLimitExceededException ex) {
            throw ex;
        } catch (Exception ex) {
            throw new ModelFailedException(ex);
        }
    }
}
