package io.github.llmcache.sample.web;

import io.github.llmcache.sample.model.AnsweringModel;
import io.github.llmcache.sample.redis.RedisInUse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Tells the page what it shows around the questions. */
@RestController
class StatusController {

    private final AnsweringModel model;
    private final RedisInUse redis;
    private final SavingsLedger ledger;
    private final SavedCosts costs;

    StatusController(AnsweringModel model, RedisInUse redis, SavingsLedger ledger, SavedCosts costs) {
        this.model = model;
        this.redis = redis;
        this.ledger = ledger;
        this.costs = costs;
    }

    @GetMapping("/api/status")
    Status status() {
        return new Status(model, redis, ledger.totals(costs.here()), costs.everywhere());
    }
}
