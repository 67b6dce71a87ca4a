package io.github.llmcache.usage;

import io.github.llmcache.engine.LoadGuard;
import io.github.llmcache.engine.LoadRequest;
import io.github.llmcache.event.AnswerCost;
import io.github.llmcache.model.ModelConfig;
import io.github.llmcache.model.ModelConfigRegistry;
import io.github.llmcache.model.ModelPrices;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Lets a model be asked as long as its user's budget lasts, and counts what is used.
 *
 * <p>Tokens and money are known after the call only: where a limit counts them, some are reserved for it meanwhile. An answer
 * that does not tell its tokens is counted as what was reserved for it; a call that fails counts as a call and gives back
 * the rest. Waits for the store for a bounded time, also where the thread should not be blocked. Thread-safe.
 */
public final class UsageGuard implements LoadGuard {

    private static final Log log = LogFactory.getLog(UsageGuard.class);

    private static final Permit NOTHING = () -> {};

    /** How many models without a price are remembered to have been named. */
    private static final int MOST_NAMED = 1000;

    private final UsageLedger ledger;
    private final ModelConfigRegistry models;
    private final long reservedTokens;
    private final Set<String> unpriced = ConcurrentHashMap.newKeySet();

    /**
     * Creates the guard.
     *
     * @param ledger counts
     * @param models knows what tokens cost
     * @param reservedTokens how many tokens are reserved for a call that is under way, not negative
     */
    public UsageGuard(UsageLedger ledger, ModelConfigRegistry models, long reservedTokens) {
        this.ledger = ledger;
        this.models = models;
        this.reservedTokens = reservedTokens;
    }

    @Override
    public Permit ask(LoadRequest request) {
        String subject = request.subject();
        if (subject == null) {
            return NOTHING;
        }
        UsageAmount reserved = reserved(subject, request.model());
        return new Reservation(subject, reserved, ledger.take(subject, reserved));
    }

    private UsageAmount reserved(String subject, @Nullable String model) {
        boolean limitsTokens = false;
        boolean limitsMoney = false;
        for (UsageLimit limit : ledger.budgets().of(subject).values()) {
            limitsTokens |= limit.tokens() != UsageLimit.NONE;
            limitsMoney |= limit.nanos() != UsageLimit.NONE;
        }
        return new UsageAmount(1, limitsTokens ? reservedTokens : 0, limitsMoney ? price(model) : 0);
    }

    private long price(@Nullable String model) {
        ModelPrices prices = prices(model);
        if (prices != null) {
            return Math.max(prices.nanos(reservedTokens, 0), prices.nanos(0, reservedTokens));
        }
        String name = model == null ? "" : model;
        if (unpriced.size() < MOST_NAMED && unpriced.add(name)) {
            log.warn(
                    model == null
                            ? "Calls that name no model cost nothing in budgets of money. Name it with"
                                    + " @CachedPrompt(model = ...) or llm-cache.default-model. This is said once."
                            : "The model '" + model
                                    + "' has no prices, so its calls cost nothing in budgets of money. Set"
                                    + " llm-cache.models.<name>.input-price and output-price. This is said once.");
        }
        return 0;
    }

    private @Nullable ModelPrices prices(@Nullable String model) {
        try {
            return model == null
                    ? null
                    : models.find(model).map(ModelConfig::prices).orElse(null);
        } catch (RuntimeException | LinkageError ex) {
            return null;
        }
    }

    private final class Reservation implements Permit {

        private final String subject;
        private final UsageAmount reserved;
        private final Instant takenAt;
        private final AtomicBoolean settled = new AtomicBoolean();

        Reservation(String subject, UsageAmount reserved, Instant takenAt) {
            this.subject = subject;
            this.reserved = reserved;
            this.takenAt = takenAt;
        }

        @Override
        public void end() {
            settle(new UsageAmount(1, 0, 0));
        }

        @Override
        public void end(@Nullable AnswerCost cost) {
            settle(
                    cost == null
                            ? reserved
                            : new UsageAmount(
                                    1,
                                    cost.inputTokens() + cost.outputTokens(),
                                    cost.isPriced() ? cost.nanos() : reserved.nanos()));
        }

        @Override
        public void unused() {
            settle(UsageAmount.NOTHING);
        }

        private void settle(UsageAmount used) {
            if (settled.compareAndSet(false, true)) {
                ledger.settle(subject, reserved, used, takenAt);
            }
        }
    }
}
