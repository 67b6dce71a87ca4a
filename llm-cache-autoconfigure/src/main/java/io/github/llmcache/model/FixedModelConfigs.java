package io.github.llmcache.model;

import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Models that never change. Immutable. */
final class FixedModelConfigs implements ModelConfigRegistry {

    private final Map<String, ModelConfig> byName;
    private final Duration longestTtl;

    FixedModelConfigs(Collection<ModelConfig> models) {
        byName = models.stream().collect(Collectors.toUnmodifiableMap(ModelConfig::name, Function.identity()));
        longestTtl = byName.values().stream()
                .map(ModelConfig::ttl)
                .filter(Objects::nonNull)
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
    }

    @Override
    public Optional<ModelConfig> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    @Override
    public Duration longestTtl() {
        return longestTtl;
    }
}
