package io.github.llmcache.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.github.llmcache.model.ModelConfig;
import io.github.llmcache.model.ModelPrices;
import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.TierException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelConfigCodecTests {

    /** As the first release wrote it: frozen. */
    private static final String FIRST = "{\"v\":1,\"version\":\"2026-05\",\"inputPrice\":0.15,\"outputPrice\":10,"
            + "\"parameters\":{\"style\":\"plain\",\"temperature\":\"0.2\"}}";

    private final ModelConfigCodec codec = new ModelConfigCodec();

    @Test
    void what_the_first_release_wrote_is_read_and_written_still() {
        ModelConfig config = new ModelConfig(
                "demo",
                "2026-05",
                ModelPrices.perMillion(new BigDecimal("0.15"), BigDecimal.TEN),
                Map.of("temperature", "0.2", "style", "plain"));

        assertThat(read(FIRST)).isEqualTo(config);
        assertThat(new String(codec.write(config), StandardCharsets.UTF_8)).isEqualTo(FIRST);
    }

    /** As the first release with TTLs wrote it: frozen. Earlier ones take it for what a newer release wrote. */
    private static final String SECOND = "{\"v\":2,\"version\":\"2026-05\",\"ttl\":\"PT1H30M\"}";

    @Test
    void a_ttl_is_read_and_written_in_the_second_shape() {
        ModelConfig config = new ModelConfig("demo", "2026-05", null, Map.of(), Duration.ofMinutes(90));

        assertThat(read(SECOND)).isEqualTo(config);
        assertThat(new String(codec.write(config), StandardCharsets.UTF_8)).isEqualTo(SECOND);
    }

    @ParameterizedTest
    @CsvSource({
        "30m,PT30M",
        "12h,PT12H",
        "7d,PT168H",
        "PT1H,PT1H",
        "P1D,PT24H",
        "1500ms,PT1.5S",
        "' 1h30m ',PT1H30M",
        "3650d,PT87600H",
        "1ms,PT0.001S"
    })
    void people_write_a_ttl_as_they_write_other_times(String ttl, Duration read) {
        assertThat(read("{\"ttl\":\"" + ttl + "\"}").ttl()).isEqualTo(read);
        assertThat(read("{\"v\":1,\"ttl\":\"" + ttl + "\"}").ttl()).isEqualTo(read);
    }

    /** Rounded by its digits, it would take minutes and gigabytes on the thread that follows all models. */
    @Test
    void a_price_with_millions_of_digits_behind_the_point_is_nothing_and_takes_no_time() {
        assertThat(assertTimeoutPreemptively(
                        Duration.ofSeconds(10),
                        () -> read("{\"inputPrice\":1e-400000000,\"outputPrice\":0e-400000000}")))
                .isEqualTo(new ModelConfig("demo", null, new ModelPrices(0, 0)));
    }

    @Test
    void what_people_write_may_leave_everything_out() {
        assertThat(read("{}")).isEqualTo(new ModelConfig("demo", null));
        assertThat(read(" {\"version\": 7, \"inputPrice\": null} ")).isEqualTo(new ModelConfig("demo", "7"));
        assertThat(read("{\"ttl\": null}")).isEqualTo(new ModelConfig("demo", null));
        assertThat(read("{\"outputPrice\": 3, \"parameters\": {\"a\": true, \"b\": 1.50, \"c\": \"\"}}"))
                .isEqualTo(new ModelConfig(
                        "demo",
                        null,
                        ModelPrices.perMillion(BigDecimal.ZERO, new BigDecimal(3)),
                        Map.of("a", "true", "b", "1.50", "c", "")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "canary",
                "[]",
                "\"canary\"",
                "null",
                "{\"version\":\"canary",
                "{} canary",
                "{\"verison\":\"canary\"}",
                "{\"version\":true}",
                "{\"version\":{\"canary\":1}}",
                "{\"version\":\"1\",\"version\":\"canary\"}",
                "{\"inputPrice\":\"canary\"}",
                "{\"inputPrice\":-1}",
                "{\"outputPrice\":1e300}",
                "{\"outputPrice\":NaN}",
                "{\"parameters\":[]}",
                "{\"parameters\":{\"a\":{\"b\":\"canary\"}}}",
                "{\"parameters\":{\"a\":null}}",
                "{\"v\":\"canary\"}",
                "{\"v\":0}",
                "{\"v\":1.5}",
                "{\"ttl\":3600}",
                "{\"ttl\":\"3600\"}",
                "{\"ttl\":\"canary\"}",
                "{\"ttl\":\"\"}",
                "{\"ttl\":true}",
                "{\"ttl\":\"0s\"}",
                "{\"ttl\":\"-1h\"}",
                "{\"ttl\":\"1ns\"}",
                "{\"ttl\":\"3651d\"}",
                "{\"ttl\":\"PT9999999999999999H\"}",
                "{\"ttl\":\"99999999999999999d\"}",
            })
    void what_is_no_configuration_is_refused_without_being_quoted(String value) {
        assertThatExceptionOfType(TierException.class)
                .isThrownBy(() -> read(value))
                .satisfies(ex -> assertThat(ex.kind()).isEqualTo(FailureKind.UNREADABLE))
                .withMessageNotContaining("canary")
                .withNoCause();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"v\":3}", "{\"more\":[1],\"v\":3}", "{\"v\":99999999999,\"version\":\"1\"}"})
    void a_newer_shape_is_told_apart(String value) {
        assertThatExceptionOfType(TierException.class)
                .isThrownBy(() -> read(value))
                .satisfies(ex -> assertThat(ex.kind()).isEqualTo(FailureKind.NEWER_FORMAT));
    }

    private ModelConfig read(String json) {
        return codec.read("demo", json.getBytes(StandardCharsets.UTF_8));
    }
}
