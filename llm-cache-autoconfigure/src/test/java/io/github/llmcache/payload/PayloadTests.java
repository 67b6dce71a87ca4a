package io.github.llmcache.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PayloadTests {

    private final byte[] bytes = "..\"é\"..".getBytes(StandardCharsets.UTF_8);

    @Test
    void a_part_of_some_bytes_is_the_same_payload_as_those_bytes_alone() {
        Payload part = Payload.of(bytes, 2, 4);
        Payload alone = Payload.of("\"é\"".getBytes(StandardCharsets.UTF_8));

        assertThat(part).isEqualTo(alone).hasSameHashCodeAs(alone).isNotEqualTo(Payload.of(bytes));
        assertThat(part.json()).isEqualTo("\"é\"");
        assertThat(part.bytes()).isSameAs(bytes);
    }

    @Test
    void a_part_beyond_the_bytes_is_refused() {
        for (int[] part : new int[][] {{-1, 2}, {0, -1}, {0, 9}, {8, 1}, {9, 0}, {Integer.MAX_VALUE, 1}}) {
            assertThatExceptionOfType(IndexOutOfBoundsException.class)
                    .isThrownBy(() -> Payload.of(bytes, part[0], part[1]));
        }
        assertThat(Payload.of(bytes, 8, 0).json()).isEmpty();
    }

    @Test
    void a_payload_tells_its_size_and_never_its_content() {
        assertThat(Payload.of("canary".getBytes(StandardCharsets.UTF_8))).hasToString("Payload[6 bytes]");
    }

    @Test
    void counts_of_tokens_are_not_negative() {
        assertThat(new TokenCount(0, 0).input()).isZero();
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> new TokenCount(-1, 0));
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> new TokenCount(0, -1));
    }
}
