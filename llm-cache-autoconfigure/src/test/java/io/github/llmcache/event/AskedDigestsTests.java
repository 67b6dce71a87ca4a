package io.github.llmcache.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llmcache.event.AskedDigests.Taken;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
        assertThat(taken.calls()).isEqualTo(AskedDigests.MOST + 1);
        assertThat(taken.digests()).hasSize(AskedDigests.MOST);
        ask("faq", "new");
        assertThat(asked.take("faq")).isEqualTo(new Taken(1, List.of("new")));
    }

    @Test
    void while_callers_ask_what_is_counted_has_its_digests_taken() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Future<?>> callers = new ArrayList<>();
        for (int caller = 0; caller < 4; caller++) {
            callers.add(threads.submit(() -> {
                for (int call = 0; call < 20_000; call++) {
                    ask("faq", "d" + call % 500);
                }
            }));
        }
        long calls = 0;
        Set<String> digests = new HashSet<>();
        boolean done;
        do {
            done = callers.stream().allMatch(Future::isDone);
            Taken taken = asked.take("faq");
            calls += taken.calls();
            digests.addAll(taken.digests());
        } while (!done);
        for (Future<?> caller : callers) {
            caller.get();
        }
        threads.shutdown();

        assertThat(calls).isEqualTo(80_000);
        assertThat(digests).hasSize(500);
    }

    private void ask(String cache, String digest) {
        asked.onCall(event(cache, digest));
    }

    private static PromptCacheEvent event(String cache, @Nullable String digest) {
        return new PromptCacheEvent(cache, CacheOutcome.HIT, "near", null, "gpt", digest, 1, -1, Double.NaN);
    }
}
