package io.github.llmcache.actuate;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * Why a request was not answered.
 *
 * @param message what is wrong and what to do; repeats nothing of the request
 */
public record ProblemDescriptor(String message) implements OperationResponseBody {}
