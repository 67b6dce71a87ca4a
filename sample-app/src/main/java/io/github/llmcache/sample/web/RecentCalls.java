package io.github.llmcache.sample.web;

import io.github.llmcache.event.PromptCacheEvent;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.springframework.stereotype.Component;

/**
 * Remembers the last 30 questions of all who asked this instance, since it started; thread-safe.
 *
 * <p>They are kept with their text, because a demonstration shows what it does; a service would not.
 */
@Component
class RecentCalls {

    static final int REMEMBERED = 30;

    private final Deque<RecentCall> calls = new ArrayDeque<>();
    private long last;

    synchronized void add(String prompt, PromptCacheEvent call) {
        calls.addFirst(RecentCall.of(++last, Instant.now(), prompt, call));
        if (calls.size() > REMEMBERED) {
            calls.removeLast();
        }
    }

    /** The calls, the newest first. */
    synchronized List<RecentCall> newestFirst() {
        return List.copyOf(calls);
    }
}
