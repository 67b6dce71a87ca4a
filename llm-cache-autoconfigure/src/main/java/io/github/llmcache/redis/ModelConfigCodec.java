package io.github.llmcache.redis;

import io.github.llmcache.model.ModelConfig;
import io.github.llmcache.model.ModelPrices;
import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.TierException;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.format.datetime.standard.DurationFormatterUtils;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes and reads what is kept of a model in Redis: plain JSON, which people may write too.
 *
 * <pre>{@code
 * {"v":2,"version":"2026-05","inputPrice":0.15,"outputPrice":0.6,"parameters":{"temperature":"0.2"},"ttl":"PT1H"}
 * }</pre>
 *
 * <p>All of it may be left out. A field that is not known makes it unreadable: a misspelt {@code version} must not pass for
 * none. Shape 1 had no TTL, and is still written where there is none, so that earlier releases go on reading it. Thread-safe.
 */
final class ModelConfigCodec {

    private static final int SHAPE = 2;
    private static final int SHAPE_WITHOUT_TTL = 1;
    private static final BigDecimal HIGHEST_PRICE = new BigDecimal(1_000_000);
    private static final Set<String> FIELDS = Set.of("v", "version", "inputPrice", "outputPrice", "parameters", "ttl");

    private final JsonMapper json = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    byte[] write(ModelConfig config) {
        ObjectNode object = json.createObjectNode();
        Duration ttl = config.ttl();
        object.put("v", ttl == null ? SHAPE_WITHOUT_TTL : SHAPE);
        if (config.version() != null) {
            object.put("version", config.version());
        }
        ModelPrices prices = config.prices();
        if (prices != null) {
            object.put("inputPrice", prices.inputPerMillion());
            object.put("outputPrice", prices.outputPerMillion());
        }
        if (!config.parameters().isEmpty()) {
            ObjectNode parameters = object.putObject("parameters");
            new TreeMap<>(config.parameters()).forEach(parameters::put);
        }
        if (ttl != null) {
            object.put("ttl", ttl.toString());
        }
        return json.writeValueAsBytes(object);
    }

    /**
     * Reads what is kept of a model.
     *
     * @throws TierException of kind UNREADABLE or NEWER_FORMAT; its message quotes nothing
     */
    ModelConfig read(String name, byte[] value) {
        JsonNode object;
        try {
            object = json.readTree(value);
        } catch (JacksonException ex) {
            // Its message quotes what is there.
            throw unreadable("is no JSON");
        }
        if (!object.isObject()) {
            throw unreadable("is no JSON object");
        }
        JsonNode shape = object.path("v");
        if (shape.isIntegralNumber() && (!shape.canConvertToInt() || shape.intValue() > SHAPE)) {
            throw new TierException(FailureKind.NEWER_FORMAT, "It was written by a newer release", null);
        }
        if (!shape.isMissingNode() && !(shape.isIntegralNumber() && shape.intValue() >= SHAPE_WITHOUT_TTL)) {
            throw unreadable("has a 'v' that is neither " + SHAPE_WITHOUT_TTL + " nor " + SHAPE);
        }
        if (!FIELDS.containsAll(object.propertyNames())) {
            throw unreadable("has another field than " + new TreeSet<>(FIELDS));
        }
        return new ModelConfig(
                name, text(object), prices(object), parameters(object.path("parameters")), ttl(object.path("ttl")));
    }

    private static @Nullable String text(JsonNode object) {
        JsonNode version = object.path("version");
        if (version.isMissingNode() || version.isNull()) {
            return null;
        }
        if (!version.isString() && !version.isIntegralNumber()) {
            throw unreadable("has a 'version' that is no text");
        }
        return version.asString();
    }

    private static @Nullable ModelPrices prices(JsonNode object) {
        BigDecimal input = price(object.path("inputPrice"));
        BigDecimal output = price(object.path("outputPrice"));
        return input == null && output == null
                ? null
                : ModelPrices.perMillion(
                        input == null ? BigDecimal.ZERO : input, output == null ? BigDecimal.ZERO : output);
    }

    private static @Nullable BigDecimal price(JsonNode price) {
        if (price.isMissingNode() || price.isNull()) {
            return null;
        }
        BigDecimal number = price.isNumber() ? price.decimalValue() : null;
        if (number == null || number.signum() < 0 || number.compareTo(HIGHEST_PRICE) > 0) {
            throw unreadable("has a price that is no number from 0 to " + HIGHEST_PRICE);
        }
        return number;
    }

    private static Map<String, String> parameters(JsonNode object) {
        if (object.isMissingNode() || object.isNull()) {
            return Map.of();
        }
        if (!object.isObject()) {
            throw unreadable("has 'parameters' that are no JSON object");
        }
        Map<String, String> parameters = new TreeMap<>();
        for (Map.Entry<String, JsonNode> parameter : object.properties()) {
            JsonNode value = parameter.getValue();
            if (!value.isValueNode() || value.isNull()) {
                throw unreadable("has a parameter that is no text, number or boolean");
            }
            parameters.put(parameter.getKey(), value.asString());
        }
        return parameters;
    }

    private static @Nullable Duration ttl(JsonNode ttl) {
        if (ttl.isMissingNode() || ttl.isNull()) {
            return null;
        }
        // A number has no unit, and would be anybody's guess.
        String text = ttl.isString() ? ttl.asString().strip() : "";
        try {
            Duration duration = text.chars().anyMatch(Character::isLetter)
                    ? DurationFormatterUtils.detectAndParse(text)
                    : Duration.ZERO;
            if (ModelConfig.isTtl(duration)) {
                return duration;
            }
        } catch (IllegalArgumentException | ArithmeticException | DateTimeException ex) {
            // Told below, without what is there.
        }
        throw unreadable("has a 'ttl' that is no time with its unit, above zero and up to "
                + ModelConfig.LONGEST_TTL.toDays() + "d, such as \"30m\" or \"PT1H\"");
    }

    private static TierException unreadable(String why) {
        return new TierException(FailureKind.UNREADABLE, "It " + why, null);
    }
}
