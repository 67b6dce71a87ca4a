package io.github.llmcache.sample.web;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Tells the page what its charts are drawn from. */
@RestController
class HistoryController {

    private final SavingsLedger ledger;
    private final Fleet fleet;

    HistoryController(SavingsLedger ledger, Fleet fleet) {
        this.ledger = ledger;
        this.fleet = fleet;
    }

    /** How the totals of this instance grew since it started. */
    record History(List<Moment> moments) {}

    /** What all instances did by day, or null where that is not known. */
    record Days(@Nullable List<Day> days) {}

    @GetMapping("/api/history")
    History history() {
        return new History(ledger.moments());
    }

    @GetMapping("/api/history/days")
    Days days() {
        return new Days(fleet.days());
    }
}
