package io.github.llmcache.actuate;

import io.github.llmcache.model.ModelConfig;
import io.github.llmcache.model.ModelPrices;
import io.github.llmcache.model.StoredModelConfig;
import java.math.BigDecimal;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * What is kept of a model.
 *
 * @param model its name
 * @param revision names this very state
 * @param readable whether it can be read: if not, the rest is left out, and applications go on with what they knew
 * @param version its version, or null
 * @param inputPrice the price of a million tokens of prompts, or null
 * @param outputPrice the price of a million tokens of answers, or null
 * @param parameters its parameters, their values hidden from those who are not shown values; or null
 * @param ttl how long its answers are kept, in ISO 8601 ({@code PT1H}), or null where that is up to their cache
 */
public record ModelDescriptor(
        String model,
        String revision,
        boolean readable,
        @Nullable String version,
        @Nullable BigDecimal inputPrice,
        @Nullable BigDecimal outputPrice,
        @Nullable Map<String, String> parameters,
        @Nullable String ttl)
        implements OperationResponseBody {

    private static final String HIDDEN = "******";

    static ModelDescriptor of(StoredModelConfig stored, boolean values) {
        ModelConfig config = stored.config();
        if (config == null) {
            return new ModelDescriptor(stored.name(), stored.revision(), false, null, null, null, null, null);
        }
        Map<String, String> parameters = new TreeMap<>(config.parameters());
        if (!values) {
            parameters.replaceAll((name, value) -> HIDDEN);
        }
        ModelPrices prices = config.prices();
        return new ModelDescriptor(
                stored.name(),
                stored.revision(),
                true,
                config.version(),
                prices == null ? null : prices.inputPerMillion(),
                prices == null ? null : prices.outputPerMillion(),
                parameters,
                config.ttl() == null ? null : config.ttl().toString());
    }
}
