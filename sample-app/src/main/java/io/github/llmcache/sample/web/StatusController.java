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
    private final Fleet fleet;

    StatusController(AnsweringModel model, RedisInUse redis, SavingsLedger ledger, Fleet fleet) {
        this.model = model;
        this.redis = redis;
        this.ledger = ledger;
        this.fleet = fleet;
    }

    @GetMapping("/api/status")
    Status status() {
        return new Status(model, redis, ledger.totals(), fleet.saved());
    }
}
