package io.github.llmcache.key;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a key was made from besides its cache, its model, its scope and its arguments: nearly always the same for all calls of
 * a method.
 *
 * <p>Immutable. Holds no more than references to texts that are there anyway, so that a hit does not pay for it.
 *
 * @param method the identity of the method or model that was asked
 * @param returnShape a description of the answer's type
 * @param templates the texts that the prompt is built from besides the arguments
 * @param modelVersion the registered version of the model, or null
 * @param templateVersion the version of the template, or null
 * @param cacheVersion the version that joins every key of the application, or null
 */
public record RequestOrigin(
        String method,
        String returnShape,
        List<String> templates,
        @Nullable String modelVersion,
        @Nullable String templateVersion,
        @Nullable String cacheVersion) {

    /**
     * Takes the origin of a request's key.
     *
     * @param request the request
     * @return the origin
     */
    public static RequestOrigin of(PromptRequest request) {
        return new RequestOrigin(
                request.method(),
                request.returnShape(),
                request.templates(),
                request.modelVersion(),
                request.templateVersion(),
                request.cacheVersion());
    }

    /** Makes what an entry keeps of it; takes a few digests, so it is for answers that are stored. */
    public RequestParts parts() {
        return RequestParts.of(this);
    }

    /** Names the method, never a template. */
    @Override
    public String toString() {
        return "RequestOrigin[" + method + "]";
    }
}
