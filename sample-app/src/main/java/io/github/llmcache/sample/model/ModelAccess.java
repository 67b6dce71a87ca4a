package io.github.llmcache.sample.model;

import org.jspecify.annotations.Nullable;
import org.springframework.util.StringUtils;

/**
 * How one provider is reached.
 *
 * @param apiKey its key, or null or blank if there is none
 * @param baseUrl its address, or null or blank for the provider's own
 * @param modelName the name of the model there
 */
record ModelAccess(@Nullable String apiKey, @Nullable String baseUrl, String modelName) {

    boolean hasKey() {
        return StringUtils.hasText(apiKey);
    }

    boolean hasBaseUrl() {
        return StringUtils.hasText(baseUrl);
    }

    /** The key, or null: clients take null, not blank text, for "none". */
    @Nullable
    String keyOrNull() {
        return hasKey() ? apiKey : null;
    }

    @Nullable
    String baseUrlOrNull() {
        return hasBaseUrl() ? baseUrl : null;
    }

    // A record would print its key wherever it is logged.
    @Override
    public String toString() {
        return "ModelAccess[" + modelName + "]";
    }
}
