package io.github.llmcache.autoconfigure.langchain4j;

import dev.langchain4j.model.ModelProvider;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Names decorated models in keys: by what the settings say, else by provider and model where no two beans of one kind could
 * be meant, so that a whole and a streaming one share answers; else by the bean.
 *
 * <p>Two beans of one kind, provider and model may speak to two servers. As long as not all beans are there, each goes by
 * its own name, since one that is to come might be the second. Thread-safe.
 */
final class ModelNames {

    /**
     * A decorated bean.
     *
     * @param bean its name
     * @param kind what it is: a whole or a streaming model
     * @param provider its provider
     * @param model the model that it asks by default, or null
     */
    record Decorated(
            String bean,
            String kind,
            String provider,
            @Nullable String model) {

        /** A model that does not tell, as one behind a scope that is not there yet, goes by its bean. */
        static Decorated of(
                String bean,
                String kind,
                Supplier<@Nullable ModelProvider> provider,
                Supplier<@Nullable String> model) {
            try {
                return new Decorated(bean, kind, String.valueOf(provider.get()), model.get());
            } catch (RuntimeException | LinkageError ex) {
                return new Decorated(bean, kind, "unknown", null);
            }
        }

        private @Nullable String shared() {
            return model == null || model.isBlank() ? null : "model:" + provider + ":" + model;
        }
    }

    private final Map<String, String> configured;
    private final Map<String, Set<Decorated>> decorated = new ConcurrentHashMap<>();
    private volatile Map<String, String> names = Map.of();
    private @Nullable Set<String> expected;

    ModelNames(Map<String, String> configured) {
        this.configured = Map.copyOf(configured);
    }

    /** A bean was decorated. */
    synchronized void add(Decorated model) {
        decorated
                .computeIfAbsent(model.bean(), bean -> ConcurrentHashMap.newKeySet())
                .add(model);
        complete();
    }

    /** Whether a bean was decorated. */
    boolean has(String bean) {
        return decorated.containsKey(bean);
    }

    /** Tells which beans there are going to be, lazy ones included. */
    synchronized void expect(Set<String> beans) {
        expected = Set.copyOf(beans);
        complete();
    }

    private void complete() {
        names = expected != null && decorated.keySet().containsAll(expected) ? shared() : Map.of();
    }

    private Map<String, String> shared() {
        List<Decorated> all = decorated.values().stream().flatMap(Set::stream).toList();
        Set<String> kinds = new HashSet<>();
        Set<String> ambiguous = new HashSet<>();
        for (Decorated model : all) {
            if (!kinds.add(model.kind() + ":" + model.shared())) {
                ambiguous.add(String.valueOf(model.shared()));
            }
        }
        Map<String, String> found = new HashMap<>();
        for (Decorated model : all) {
            String shared = model.shared();
            if (shared != null && !ambiguous.contains(shared)) {
                found.put(model.bean(), shared);
            }
        }
        return found;
    }

    /** The name of a bean's model at the moment. */
    String nameOf(String bean) {
        String own = configured.get(bean);
        if (own != null) {
            return "name:" + own;
        }
        String shared = names.get(bean);
        return shared == null ? "bean:" + bean : shared;
    }
}
