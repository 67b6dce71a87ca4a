package io.github.llmcache.usage;

import io.github.llmcache.tier.TierException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts usage and holds the limits: in the store, and in this JVM while the store is lost.
 *
 * <p>A store that fails is left alone for a second, so that not every call waits for it. What was counted meanwhile is told
 * to it when it is back. Thread-safe.
 */
public final class UsageLedger implements UsageReport, AutoCloseable {

    private final UsageStore store;
    private final UsageBudgets budgets;
    private final LostRedis whenLost;
    private final ZoneId zone;
    private final InstantSource clock;
    private final UsageWarnings warnings;
    private final LimitCounts refusals = new LimitCounts();
    private final UsageAccounts accounts;
    private final StoreAttempts attempts;
    private final UsageTeller teller;

    /**
     * Creates the ledger.
     *
     * @param store keeps the counters
     * @param budgets the limits
     * @param whenLost what becomes of calls while the store does not answer
     * @param zone where days and months begin
     * @param clock tells in which windows calls are
     * @param warnings notice where a limit is near
     */
    public UsageLedger(
            UsageStore store,
            UsageBudgets budgets,
            LostRedis whenLost,
            ZoneId zone,
            InstantSource clock,
            UsageWarnings warnings) {
        this.store = store;
        this.budgets = budgets;
        this.whenLost = whenLost;
        this.zone = zone;
        this.clock = clock;
        this.warnings = warnings;
        this.accounts = new UsageAccounts(zone, clock);
        this.attempts = new StoreAttempts(store, whenLost);
        this.teller = new UsageTeller(store, budgets, accounts, attempts, warnings, clock);
    }

    /** How many calls were refused in this JVM. */
    public LimitCounts refusals() {
        return refusals;
    }

    UsageBudgets budgets() {
        return budgets;
    }

    /**
     * Counts what a call is about to use.
     *
     * @param subject whose usage
     * @param wanted what the call uses as far as is known, and what is reserved for it
     * @return when it was counted
     * @throws UsageLimitExceededException if a limit has been reached
     * @throws UsageUnavailableException if the store is lost and calls are refused then
     */
    Instant take(String subject, UsageAmount wanted) {
        Instant now = clock.instant();
        Map<UsageWindow, UsageLimit> limits = budgets.of(subject);
        UsageAccount account = accounts.of(subject);
        TierException failure = null;
        if (attempts.mayAsk()) {
            List<WindowClaim> claims = account.claims(wanted, limits, now);
            try {
                UsageReading reading = store.exchange(subject, claims);
                attempts.answered();
                account.saw(reading, now);
                warnings.saw(subject, account, claims, reading, now);
                if (reading.refusal() != null) {
                    throw exceeded(reading.refusal(), limits, reading);
                }
                return now;
            } catch (TierException ex) {
                account.untold(claims, StoreAttempts.isInDoubt(ex.kind()), now);
                attempts.failed(ex.kind());
                failure = ex;
            }
        }
        takeAlone(account, wanted, limits, now, failure);
        teller.later();
        return now;
    }

    private void takeAlone(
            UsageAccount account,
            UsageAmount wanted,
            Map<UsageWindow, UsageLimit> limits,
            Instant now,
            @Nullable TierException failure) {
        switch (whenLost) {
            case REFUSE -> throw new UsageUnavailableException(failure);
            case ALLOW -> account.add(wanted, limits.keySet(), now);
            case LOCAL_SHARE -> {
                UsageReading.Refusal refusal = account.take(wanted, limits, now);
                if (refusal != null) {
                    UsageWindow window = refusal.window();
                    Duration left = Duration.between(now, window.end(now, zone));
                    throw exceeded(
                            refusal,
                            limits,
                            new UsageReading(
                                    refusal, Map.of(window, new WindowReading(account.used(window, now), left))));
                }
            }
        }
    }

    private UsageLimitExceededException exceeded(
            UsageReading.Refusal refusal, Map<UsageWindow, UsageLimit> limits, UsageReading reading) {
        UsageWindow window = refusal.window();
        UsageUnit unit = refusal.unit();
        refusals.count(window, unit);
        WindowReading read =
                reading.windows().getOrDefault(window, new WindowReading(UsageAmount.NOTHING, StoreAttempts.RETRY));
        return new UsageLimitExceededException(
                window,
                unit,
                unit.amount(limits.getOrDefault(window, UsageLimit.UNLIMITED).of(unit)),
                unit.amount(read.used().of(unit)),
                clock.instant().plus(read.left()));
    }

    /**
     * Counts what nobody is asked for, without waiting.
     *
     * @param subject whose usage
     * @param amount what was used
     */
    void add(String subject, UsageAmount amount) {
        UsageAccount account = accounts.of(subject);
        account.add(amount, budgets.windows(), clock.instant());
        teller.tell(subject, account);
    }

    /**
     * Replaces what was reserved by what was used, without waiting.
     *
     * @param subject whose usage
     * @param reserved what {@link #take} counted
     * @param used what is to be counted instead
     * @param takenAt when it was counted
     */
    void settle(String subject, UsageAmount reserved, UsageAmount used, Instant takenAt) {
        if (!reserved.equals(used) || !clock.instant().isBefore(shortestEnd(takenAt))) {
            UsageAccount account = accounts.of(subject);
            account.settle(reserved, used, takenAt, budgets.windows(), clock.instant());
            teller.tell(subject, account);
        }
    }

    private Instant shortestEnd(Instant takenAt) {
        return budgets.windows().iterator().next().end(takenAt, zone);
    }

    @Override
    public List<UsageStatus> of(String subject) {
        Instant now = clock.instant();
        Map<UsageWindow, UsageLimit> limits = budgets.of(subject);
        UsageReading reading;
        try {
            reading = store.exchange(subject, new UsageAccount(zone).claims(UsageAmount.NOTHING, limits, now));
        } catch (TierException ex) {
            throw new UsageUnavailableException(ex);
        }
        List<UsageStatus> lines = new ArrayList<>();
        reading.windows().forEach((window, read) -> {
            for (UsageUnit unit : UsageUnit.values()) {
                long limit = limits.getOrDefault(window, UsageLimit.UNLIMITED).of(unit);
                lines.add(new UsageStatus(
                        window,
                        unit,
                        unit.amount(read.used().of(unit)),
                        limit == UsageLimit.NONE ? null : unit.amount(limit),
                        now.plus(read.left())));
            }
        });
        return lines;
    }

    /** Tells the store the rest, and waits a second at most for that. */
    @Override
    public void close() {
        teller.close();
    }
}
