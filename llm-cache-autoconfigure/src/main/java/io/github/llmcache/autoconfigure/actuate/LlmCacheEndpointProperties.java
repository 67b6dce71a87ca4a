package io.github.llmcache.autoconfigure.actuate;

import java.util.HashSet;
import java.util.Set;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.context.properties.ConfigurationProperties;

/** The settings of the endpoint {@code llmcache}. */
@ConfigurationProperties("management.endpoint.llmcache")
public class LlmCacheEndpointProperties {

    /**
     * When to show prompts, answers and keys in Redis, and to search entries by their prompts.
     */
    private Show showValues = Show.NEVER;

    /**
     * Roles used to determine whether a user is authorized to be shown values. When empty, all authenticated users are
     * authorized.
     */
    private final Set<String> roles = new HashSet<>();

    /** Creates the settings with their defaults. */
    public LlmCacheEndpointProperties() {}

    /** When prompts, answers and keys are shown. */
    public Show getShowValues() {
        return showValues;
    }

    /**
     * Says when prompts, answers and keys are shown.
     *
     * @param showValues when
     */
    public void setShowValues(Show showValues) {
        this.showValues = showValues;
    }

    /** The roles that are shown values; all authenticated users if empty. */
    public Set<String> getRoles() {
        return roles;
    }
}
