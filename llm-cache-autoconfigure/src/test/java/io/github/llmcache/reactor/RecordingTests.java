package io.github.llmcache.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.github.llmcache.engine.CachePolicy;
import io.github.llmcache.engine.PromptCall;
import io.github.llmcache.payload.PayloadCodec;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecordingTests {

    private static Recording failing(Throwable failure) {
        PayloadCodec codec = mock();
        when(codec.encode(any())).thenThrow(failure);
        CachePolicy policy = mock();
        when(policy.maxEntrySize()).thenReturn(1000L);
        PromptCall call = mock();
        when(call.codec()).thenReturn(codec);
        when(call.policy()).thenReturn(policy);
        return new Recording(call);
    }

    @Test
    void whatever_a_codec_throws_the_stream_goes_on_and_its_answer_is_none_to_store() {
        for (Throwable failure : List.of(
                new IllegalStateException("no"), new NoClassDefFoundError("missing"), new StackOverflowError())) {
            Recording recording = failing(failure);

            recording.add(1);
            recording.add(2);

            assertThat(recording.answer()).as(failure.toString()).isNotInstanceOf(List.class);
        }
    }

    @Test
    void a_jvm_without_memory_is_not_passed_over() {
        Recording recording = failing(new OutOfMemoryError("no"));

        assertThatThrownBy(() -> recording.add(1)).isInstanceOf(OutOfMemoryError.class);
    }
}
