package io.github.llmcache.metrics;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Turns the names of models into tag values, of which there is only so many. */
final class ModelTags {

    /** Stands where no model is named. */
    static final String NONE = "none";

    /** Stands for every model past the bound. */
    static final String OTHER = "other";

    private final int max;
    private final Set<String> known = ConcurrentHashMap.newKeySet();

    ModelTags(int max) {
        if (max < 0) {
            throw new IllegalArgumentException("The number of models is not negative: " + max);
        }
        this.max = max;
    }

    /** The tag of a model; the same for the same model from its first call on. */
    String tagOf(@Nullable String model) {
        if (model == null || model.isBlank()) {
            return NONE;
        }
        return known.contains(model) || admitted(model) ? model : OTHER;
    }

    private boolean admitted(String model) {
        // Names are never taken away, so a full set stays full: past the bound no call waits for the lock.
        if (known.size() >= max) {
            return known.contains(model);
        }
        synchronized (known) {
            return known.contains(model) || (known.size() < max && known.add(model));
        }
    }
}
