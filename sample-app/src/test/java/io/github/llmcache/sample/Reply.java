package io.github.llmcache.sample;

import tools.jackson.databind.JsonNode;

/**
 * What the sample replied.
 *
 * @param status the HTTP status
 * @param type the content type
 * @param cache the header that tells the outcome, or an empty text
 * @param retryAfter the header that tells when to ask again, or an empty text
 * @param body the body
 * @param json the body as JSON, or an empty object
 */
public record Reply(int status, String type, String cache, String retryAfter, String body, JsonNode json) {

    /** A text of the JSON body. */
    public String text(String field) {
        return json.path(field).asString("");
    }
}
