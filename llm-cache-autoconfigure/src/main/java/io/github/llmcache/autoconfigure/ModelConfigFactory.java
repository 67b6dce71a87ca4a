package io.github.llmcache.autoconfigure;

import io.github.llmcache.autoconfigure.LlmCacheProperties.Model;
import io.github.llmcache.model.ModelConfig;
import io.github.llmcache.model.ModelPrices;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes what is registered of models from the properties, and refuses values that can't work. */
public final class ModelConfigFactory {

    private static final BigDecimal HIGHEST = new BigDecimal(1_000_000);

    private ModelConfigFactory() {}

    /**
     * Makes what is registered of models.
     *
     * @param models the settings by the names of models
     * @return the models, no two of one name
     * @throws InvalidLlmCachePropertyException if a value can't work
     */
    public static List<ModelConfig> create(Map<String, Model> models) {
        return models.entrySet().stream()
                .map(model -> create(model.getKey(), model.getValue()))
                .toList();
    }

    private static ModelConfig create(String name, Model model) {
        String prefix = "llm-cache.models." + name + ".";
        BigDecimal input = price(prefix + "input-price", model.inputPrice());
        BigDecimal output = price(prefix + "output-price", model.outputPrice());
        return new ModelConfig(
                name,
                model.version(),
                input == null && output == null
                        ? null
                        : ModelPrices.perMillion(
                                required(prefix + "input-price", input), required(prefix + "output-price", output)),
                model.parameters(),
                ttl(prefix + "ttl", model.ttl()));
    }

    private static @Nullable Duration ttl(String property, @Nullable Duration ttl) {
        if (ttl != null && !ModelConfig.isTtl(ttl)) {
            throw new InvalidLlmCachePropertyException(
                    property,
                    ttl,
                    "is no time above zero and up to " + ModelConfig.LONGEST_TTL.toDays() + "d",
                    "Write a time such as 30m, 12h or 7d, or leave it out for that of the cache.");
        }
        return ttl;
    }

    /** Half a price would make everything look cheap. */
    private static BigDecimal required(String property, @Nullable BigDecimal price) {
        if (price == null) {
            throw new InvalidLlmCachePropertyException(
                    property,
                    null,
                    "is missing, while the model's other price is set",
                    "Set it too, to 0 where such tokens cost nothing.");
        }
        return price;
    }

    private static @Nullable BigDecimal price(String property, @Nullable BigDecimal price) {
        if (price != null && (price.signum() < 0 || price.compareTo(HIGHEST) > 0)) {
            throw new InvalidLlmCachePropertyException(
                    property,
                    price,
                    "is not the price of a million tokens",
                    "Write the price as the provider publishes it, such as 0.25, or leave it out.");
        }
        return price;
    }
}
