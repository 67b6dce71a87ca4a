package io.github.llmcache.sample.web;

import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.exception.HttpException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.TimeoutException;
import io.github.llmcache.langchain4j.memory.ChatMemoryException;
import io.github.llmcache.sample.HalfAnswerException;
import io.github.llmcache.sample.model.AnsweringModel;
import io.github.llmcache.usage.UsageLimitExceededException;
import io.github.llmcache.usage.dedup.DeduplicationUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/**
 * Says what went wrong as problem details.
 *
 * <p>What a provider says of an error may hold the key that was sent, so neither the caller nor the log gets to see it.
 */
@RestControllerAdvice
class Problems extends ResponseEntityExceptionHandler {

    private static final Logger log = LoggerFactory.getLogger(Problems.class);

    private final AnsweringModel model;

    Problems(AnsweringModel model) {
        this.model = model;
    }

    @ExceptionHandler
    ProblemDetail badQuestion(BadQuestionException ex) {
        return badRequest(String.valueOf(ex.getMessage()));
    }

    @ExceptionHandler
    ProblemDetail modelFailed(ModelFailedException ex) {
        return modelFailed(Objects.requireNonNullElse(ex.getCause(), ex));
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> budgetUsedUp(UsageLimitExceededException ex) {
        // Rounded up: who came a moment too early would be refused again.
        long seconds =
                Math.max(0, Duration.between(Instant.now(), ex.resetsAt()).toSeconds()) + 1;
        return ResponseEntity.status(HttpStatus.TOO_MANY_REQUESTS)
                .header(HttpHeaders.RETRY_AFTER, Long.toString(seconds))
                .body(usedUp(ex));
    }

    @ExceptionHandler({ChatMemoryException.class, DeduplicationUnavailableException.class})
    ProblemDetail notRemembered() {
        return problem(
                HttpStatus.SERVICE_UNAVAILABLE,
                "Redis does not remember",
                "Conversations and imports need it. Questions are answered all the same.");
    }

    private static ProblemDetail usedUp(UsageLimitExceededException ex) {
        Instant resets = ex.resetsAt().truncatedTo(ChronoUnit.SECONDS);
        ProblemDetail problem = problem(
                HttpStatus.TOO_MANY_REQUESTS,
                "The budget is used up",
                "New questions can be asked again at " + resets + ". Those whose answers are kept still can.");
        problem.setProperty("resetsAt", resets);
        return problem;
    }

    /** Says, and logs, why the model gave no answer. */
    ProblemDetail modelFailed(Throwable failure) {
        if (failure instanceof UsageLimitExceededException usedUp) {
            return usedUp(usedUp);
        }
        if (failure instanceof HalfAnswerException) {
            return problem(HttpStatus.BAD_GATEWAY, "The answer is not whole", model.name() + " stopped too early.");
        }
        Throwable root = NestedExceptionUtils.getMostSpecificCause(failure);
        log.warn("The model {} gave no answer: {}", model.name(), kind(root));
        return problem(HttpStatus.BAD_GATEWAY, "The model gave no answer", reason(failure));
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleHttpMessageNotReadable(
            HttpMessageNotReadableException ex, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        ProblemDetail problem = badRequest("The body can't be read: send {\"prompt\": \"…\"} as JSON.");
        return handleExceptionInternal(ex, problem, headers, status, request);
    }

    private String reason(Throwable failure) {
        if (failure instanceof AuthenticationException) {
            return "The server of " + model.name() + " refuses the API key.";
        }
        if (failure instanceof RateLimitException) {
            return "The server of " + model.name() + " asks to wait: its rate limit or quota is used up.";
        }
        if (failure instanceof TimeoutException) {
            return model.name() + " took too long.";
        }
        if (failure instanceof ModelNotFoundException) {
            return "The server does not know the model " + model.name() + ".";
        }
        return model.name() + " failed or can't be reached. Asking again may help.";
    }

    private static String kind(Throwable root) {
        String type = root.getClass().getSimpleName();
        return root instanceof HttpException http ? type + " " + http.statusCode() : type;
    }

    private static ProblemDetail badRequest(String detail) {
        return problem(HttpStatus.BAD_REQUEST, "The question can't be asked", detail);
    }

    private static ProblemDetail problem(HttpStatus status, String title, String detail) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, detail);
        problem.setTitle(title);
        return problem;
    }
}
