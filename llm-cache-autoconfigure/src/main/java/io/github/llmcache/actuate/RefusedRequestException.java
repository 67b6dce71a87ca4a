package io.github.llmcache.actuate;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/** Says that a request is not answered, and why; its message repeats nothing of the request. */
final class RefusedRequestException extends InvalidEndpointRequestException {

    private static final long serialVersionUID = 1L;

    private static final int STATUS_FORBIDDEN = 403;
    private static final int STATUS_CONFLICT = 409;

    private final int status;

    private RefusedRequestException(int status, String message) {
        super(message, message);
        this.status = status;
    }

    static RefusedRequestException bad(String message) {
        return new RefusedRequestException(WebEndpointResponse.STATUS_BAD_REQUEST, message);
    }

    static RefusedRequestException forbidden(String message) {
        return new RefusedRequestException(STATUS_FORBIDDEN, message);
    }

    static RefusedRequestException notFound(String message) {
        return new RefusedRequestException(WebEndpointResponse.STATUS_NOT_FOUND, message);
    }

    static RefusedRequestException conflict(String message) {
        return new RefusedRequestException(STATUS_CONFLICT, message);
    }

    /** The HTTP status that says the same. */
    int status() {
        return status;
    }
}
