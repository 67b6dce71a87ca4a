package io.github.llmcache.sample.web;

import io.github.llmcache.engine.ObservedCall;
import io.github.llmcache.engine.PromptCallObserver;
import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.event.PromptCacheEvent;
import io.github.llmcache.sample.AnswerPiece;
import io.github.llmcache.sample.StreamingAssistant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Passes a question to the assistant, its answer on as it is made, and says in the end how the cache took part.
 *
 * <p>The events are {@code piece}, as often as need be, and in the end {@code done} or {@code problem}; their data are
 * JSON, so that white space and line breaks in an answer arrive as they are.
 */
@RestController
class StreamController {

    private final StreamingAssistant assistant;
    private final PromptCallObserver observer;
    private final Problems problems;
    private final RecentCalls recent;

    StreamController(StreamingAssistant assistant, PromptCallObserver observer, Problems problems, RecentCalls recent) {
        this.assistant = assistant;
        this.observer = observer;
        this.problems = problems;
        this.recent = recent;
    }

    /** A piece of an answer. */
    record Piece(String text) {}

    /** What is said of the whole answer in the end. */
    record Done(CacheOutcome outcome, @Nullable String tier, long millis) {}

    @GetMapping(path = "/api/ask/stream", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    Flux<ServerSentEvent<Object>> ask(@RequestParam(required = false) @Nullable String prompt) throws Exception {
        String checked = new Question(prompt).checkedPrompt();
        long start = System.nanoTime();
        ObservedCall<Flux<AnswerPiece>> call =
                observer.observe(() -> assistant.ask(checked), ended -> recent.add(checked, ended));
        return call.value()
                .map(AnswerPiece::text)
                .filter(text -> !text.isEmpty())
                .map(text -> event("piece", new Piece(text)))
                .concatWith(Mono.fromSupplier(() -> event("done", done(call, start))))
                .onErrorResume(failure -> Mono.just(event("problem", problems.modelFailed(failure))));
    }

    private static Done done(ObservedCall<?> call, long start) {
        return new Done(
                // A cache that is switched off reports no call.
                call.outcome().orElse(CacheOutcome.BYPASS),
                call.last().map(PromptCacheEvent::tier).orElse(null),
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
    }

    private static ServerSentEvent<Object> event(String name, Object data) {
        return ServerSentEvent.builder(data).event(name).build();
    }
}
