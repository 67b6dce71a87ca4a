package io.github.llmcache.actuate;

import io.github.llmcache.model.ModelConfig;
import io.github.llmcache.model.ModelPrices;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.format.datetime.standard.DurationFormatterUtils;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A change as a request writes it: null leaves things as they are, an empty text takes them away. */
record ModelChange(
        @Nullable String version,
        @Nullable String inputPrice,
        @Nullable String outputPrice,
        @Nullable String parameters,
        @Nullable String ttl) {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final BigDecimal HIGHEST_PRICE = new BigDecimal(1_000_000);

    boolean isEmpty() {
        return version == null && inputPrice == null && outputPrice == null && parameters == null && ttl == null;
    }

    /** Makes the change to what is there. */
    ModelConfig of(String model, @Nullable ModelConfig before) {
        return new ModelConfig(
                model,
                version == null ? (before == null ? null : before.version()) : emptyToNull(version),
                prices(before == null ? null : before.prices()),
                parameters == null ? (before == null ? Map.of() : before.parameters()) : read(parameters),
                ttl == null ? (before == null ? null : before.ttl()) : time(ttl));
    }

    private static @Nullable Duration time(String ttl) {
        if (ttl.isBlank()) {
            return null;
        }
        try {
            // Without a unit it would be anybody's guess.
            Duration time = ttl.chars().anyMatch(Character::isLetter)
                    ? DurationFormatterUtils.detectAndParse(ttl.strip())
                    : Duration.ZERO;
            if (ModelConfig.isTtl(time)) {
                return time;
            }
        } catch (IllegalArgumentException | ArithmeticException | DateTimeException ex) {
            // told below
        }
        throw RefusedRequestException.bad("A ttl is a time with its unit, above zero and up to "
                + ModelConfig.LONGEST_TTL.toDays() + "d, such as 30m, 12h or PT1H");
    }

    private @Nullable ModelPrices prices(@Nullable ModelPrices before) {
        BigDecimal input = price(inputPrice, before == null ? null : before.inputPerMillion());
        BigDecimal output = price(outputPrice, before == null ? null : before.outputPerMillion());
        return input == null && output == null
                ? null
                : ModelPrices.perMillion(
                        input == null ? BigDecimal.ZERO : input, output == null ? BigDecimal.ZERO : output);
    }

    private static @Nullable BigDecimal price(@Nullable String price, @Nullable BigDecimal before) {
        if (price == null || price.isBlank()) {
            return price == null ? before : null;
        }
        try {
            BigDecimal number = new BigDecimal(price.strip());
            if (number.signum() >= 0 && number.compareTo(HIGHEST_PRICE) <= 0) {
                return number;
            }
        } catch (NumberFormatException ex) {
            // told below
        }
        throw RefusedRequestException.bad("A price is that of a million tokens, a number from 0 to " + HIGHEST_PRICE);
    }

    private static Map<String, String> read(String parameters) {
        if (parameters.isBlank()) {
            return Map.of();
        }
        try {
            JsonNode object = JSON.readTree(parameters);
            Map<String, String> read = new LinkedHashMap<>();
            object.properties().forEach(parameter -> {
                JsonNode value = parameter.getValue();
                if (value.isValueNode() && !value.isNull()) {
                    read.put(parameter.getKey(), value.asString());
                }
            });
            if (object.isObject() && read.size() == object.size()) {
                return read;
            }
        } catch (JacksonException ex) {
            // told below
        }
        throw RefusedRequestException.bad(
                "The parameters are the text of a JSON object of texts, numbers and booleans, such as"
                        + " \"{\\\"temperature\\\": 0.2}\"");
    }

    private static @Nullable String emptyToNull(String text) {
        return text.isBlank() ? null : text;
    }
}
