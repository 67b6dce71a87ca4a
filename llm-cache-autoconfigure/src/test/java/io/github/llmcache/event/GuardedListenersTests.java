package io.github.llmcache.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class GuardedListenersTests {

    private static final PromptCacheEvent EVENT =
            new PromptCacheEvent("faq", CacheOutcome.MISS, null, null, null, null, 1, 1, Double.NaN);

    /** Fails at every event. */
    private static final class Broken implements PromptCacheListener {

        @Override
        public void onCall(PromptCacheEvent event) {
            throw new AssertionError("impossible");
        }
    }

    @Test
    void a_listener_that_always_fails_is_warned_of_once_and_the_others_hear_everything(CapturedOutput output) {
        List<PromptCacheEvent> heard = new ArrayList<>();
        PromptCacheListener hearing = new PromptCacheListener() {

            @Override
            public void onCall(PromptCacheEvent event) {
                heard.add(event);
            }
        };
        GuardedListeners listeners = new GuardedListeners(List.of(new Broken(), hearing));

        listeners.onCall(EVENT);
        listeners.onCall(EVENT);

        assertThat(heard).containsExactly(EVENT, EVENT);
        assertThat(output.getOut().split("WARN", -1)).hasSize(2);
        assertThat(output).contains(Broken.class.getName());
    }
}
