package io.github.llmcache.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llmcache.event.AskedDigests.Taken;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AskedDigestsTests {

    private final AskedDigests asked = new AskedDigests();

    @Test
    void each_digest_is_taken_once_and_each_call_counts() {
        ask("faq", "a");
        ask("faq", "a");
        ask("faq", "b");
        ask("books", "a");

        Taken faq = asked.take("faq");
        assertThat(faq.calls()).isEqualTo(3);
        assertThat(faq.digests()).containsExactlyInAnyOrder("a", "b");
        assertThat(asked.take("faq")).isEqualTo(new Taken(0, List.of()));
        assertThat(asked.take("books")).isEqualTo(new Taken(1, List.of("a")));
        assertThat(asked.caches()).containsExactlyInAnyOrder("faq", "books");
    }

    @Test
    void calls_without_a_key_are_no_prompts() {
        asked.onCall(event("faq", null));

        assertThat(asked.caches()).isEmpty();
        assertThat(asked.take("faq").calls()).isZero();
    }

    @Test
    void calls_whose_digests_find_no_room_are_not_counted() {
        for (int i = 0; i < AskedDigests.MOST + 7; i++) {
            ask("faq", "d" + i);
        }
        ask("faq", "d0");

        Taken taken = asked.take("faq");
        assertThat(taken.calls()).isEqualTo(AskedDigests.MOST);
        assertThat(taken.digests()).hasSize(AskedDigests.MOST);
        ask("faq", "new");
        assertThat(asked.take("faq")).isEqualTo(new Taken(1, List.of("new")));
    }

    @Test
    void while_somebody_asks_no_call_is_taken_whose_digest_is_not() throws Exception {
        ExecutorService thread = Executors.newSingleThreadExecutor();
        Future<?> caller = thread.submit(() -> {
            for (int call = 0; call < 200_000; call++) {
                ask("faq", "call " + call);
            }
        });
        long calls = 0;
        long digests = 0;
        boolean done;
        // Taken again and again, so that there are few digests each time and many chances to come in between.
        do {
            done = caller.isDone();
            Taken taken = asked.take("faq");
            calls += taken.calls();
            digests += taken.digests().size();
            assertThat(calls).as("calls, each with a digest of its own").isLessThanOrEqualTo(digests);
        } while (!done);
        caller.get();
        thread.shutdown();

        assertThat(calls).isEqualTo(digests).isPositive();
    }

    private void ask(String cache, String digest) {
        asked.onCall(event(cache, digest));
    }

    private static PromptCacheEvent event(String cache, @Nullable String digest) {
        return new PromptCacheEvent(cache, CacheOutcome.HIT, "near", null, "gpt", digest, 1, -1, Double.NaN);
    }
}
