package io.github.llmcache.sample.web;

import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Tells the page what was asked lately. */
@RestController
class CallsController {

    private final RecentCalls recent;

    CallsController(RecentCalls recent) {
        this.recent = recent;
    }

    /** The last calls, the newest first. */
    record Calls(List<RecentCall> calls) {}

    @GetMapping("/api/calls")
    Calls calls() {
        return new Calls(recent.newestFirst());
    }
}
