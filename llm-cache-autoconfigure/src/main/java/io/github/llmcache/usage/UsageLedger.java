package io.github.llmcache.usage;

import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.TierException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Counts usage and holds the limits: in the store, and in this JVM while the store is lost.
 *
 * <p>A store that fails is left alone for a second, so that not every call waits for it. What was counted meanwhile is told
 * to it when it is back. Thread-safe.
 */
public final class UsageLedger implements UsageReport, AutoCloseable {

    private static final Log log = LogFactory.getLog(UsageLedger.class);

    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration FLUSH = Duration.ofSeconds(1);
    private static final long WARNED = Duration.ofMinutes(1).toNanos();

    /** How many subjects are remembered that owe nothing; ten times as many that do. */
    private static final int MOST_ACCOUNTS = 10_000;

    private final UsageStore store;
    private final UsageBudgets budgets;
    private final LostRedis whenLost;
    private final ZoneId zone;
    private final InstantSource clock;
    private final UsageWarnings warnings;
    private final LimitCounts refusals = new LimitCounts();
    private final Map<String, UsageAccount> accounts = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, UsageAccount> eldest) {
            return size() > MOST_ACCOUNTS && (!eldest.getValue().owes(clock.instant()) || size() > 10 * MOST_ACCOUNTS);
        }
    };
    private final ScheduledThreadPoolExecutor timer;
    private volatile boolean lost;
    private volatile boolean owing;
    private final AtomicLong triedAt = new AtomicLong();
    private final AtomicLong warnedAt = new AtomicLong(System.nanoTime() - WARNED);

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
        this.timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "llm-cache-usage");
            thread.setDaemon(true);
            return thread;
        });
        timer.scheduleWithFixedDelay(this::tellAll, RETRY.toMillis(), RETRY.toMillis(), TimeUnit.MILLISECONDS);
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
        UsageAccount account = account(subject);
        TierException failure = null;
        if (mayAsk()) {
            List<WindowClaim> claims = account.claims(wanted, limits, now);
            try {
                UsageReading reading = store.exchange(subject, claims);
                answered();
                account.saw(reading, now);
                warnings.saw(subject, account, claims, reading, now);
                if (reading.refusal() != null) {
                    throw exceeded(reading.refusal(), limits, reading);
                }
                return now;
            } catch (TierException ex) {
                account.untold(claims, isInDoubt(ex.kind()), now);
                failed(ex.kind());
                failure = ex;
            }
        }
        takeAlone(account, wanted, limits, now, failure);
        owing = true;
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
        WindowReading read = reading.windows().getOrDefault(window, new WindowReading(UsageAmount.NOTHING, RETRY));
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
        UsageAccount account = account(subject);
        account.add(amount, budgets.windows(), clock.instant());
        tell(subject, account);
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
            UsageAccount account = account(subject);
            account.settle(reserved, used, takenAt, budgets.windows(), clock.instant());
            tell(subject, account);
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

    private UsageAccount account(String subject) {
        synchronized (accounts) {
            return accounts.computeIfAbsent(subject, name -> new UsageAccount(zone));
        }
    }

    /** Whether the store is worth a try; while it is lost, one try a second. */
    private boolean mayAsk() {
        if (!lost) {
            return true;
        }
        long last = triedAt.get();
        return System.nanoTime() - last >= RETRY.toNanos() && triedAt.compareAndSet(last, System.nanoTime());
    }

    private void answered() {
        lost = false;
    }

    private void failed(FailureKind kind) {
        if (isGone(kind)) {
            triedAt.set(System.nanoTime());
            lost = true;
        }
        long last = warnedAt.get();
        if (kind != FailureKind.CONNECTING
                && System.nanoTime() - last >= WARNED
                && warnedAt.compareAndSet(last, System.nanoTime())) {
            log.warn("Redis at " + store.server() + " does not tell what is used ("
                    + kind.name().toLowerCase(Locale.ROOT)
                    + "). " + consequence()
                    + " What is counted meanwhile is added when it is back. Check that it runs and that its user may do"
                    + " EVALSHA, EVAL, GET, DEL, INCRBY, PTTL and PEXPIRE on keys such as usage:<user>:count. This is said"
                    + " at most once a minute.");
        }
    }

    private String consequence() {
        return switch (whenLost) {
            case LOCAL_SHARE ->
                "Each JVM holds the limits by what it counts itself (llm-cache.usage.on-redis-down=local-share).";
            case ALLOW -> "Limits do not count meanwhile (llm-cache.usage.on-redis-down=allow).";
            case REFUSE -> "Models are not asked meanwhile (llm-cache.usage.on-redis-down=refuse).";
        };
    }

    /** Whether the store itself is gone or slow, rather than refusing this one request. */
    private static boolean isGone(FailureKind kind) {
        return switch (kind) {
            case CONNECTING, CONNECTION, TIMEOUT, OVERLOADED, CIRCUIT_OPEN, OTHER -> true;
            case WRONG_TYPE, UNREADABLE, NEWER_FORMAT, OUT_OF_MEMORY, READ_ONLY, DENIED, INTERRUPTED -> false;
        };
    }

    /** Whether the store may have done what it was asked for. */
    private static boolean isInDoubt(FailureKind kind) {
        return switch (kind) {
            case CONNECTION, TIMEOUT, INTERRUPTED, OTHER -> true;
            default -> false;
        };
    }

    /** Tells the store what it has not been told, in the background; what is counted meanwhile is told after it. */
    private CompletableFuture<Void> tell(String subject, UsageAccount account) {
        Instant now = clock.instant();
        if (lost && !mayAsk() || !account.beginTelling(now)) {
            owing = true;
            return CompletableFuture.completedFuture(null);
        }
        List<WindowClaim> claims = account.claims(UsageAmount.NOTHING, budgets.of(subject), now);
        return send(subject, claims)
                .handle((reading, failure) -> {
                    account.endTelling();
                    if (failure == null) {
                        answered();
                        account.saw(reading, now);
                        warnings.saw(subject, account, claims, reading, now);
                        return true;
                    }
                    FailureKind kind = kindOf(failure);
                    account.untold(claims, isInDoubt(kind), now);
                    owing = true;
                    failed(kind);
                    return false;
                })
                .thenCompose(told -> told ? tell(subject, account) : CompletableFuture.completedFuture(null));
    }

    private CompletableFuture<UsageReading> send(String subject, List<WindowClaim> claims) {
        try {
            return store.exchangeLater(subject, claims);
        } catch (RuntimeException ex) {
            return CompletableFuture.failedFuture(ex);
        }
    }

    private static FailureKind kindOf(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof TierException tier ? tier.kind() : FailureKind.OTHER;
    }

    private void tellAll() {
        try {
            if (owing) {
                owing = false;
                owed();
            }
        } catch (RuntimeException | LinkageError ex) {
            // Whatever happens, it is tried again.
            owing = true;
            log.debug("What was counted was not told", ex);
        }
    }

    private CompletableFuture<Void> owed() {
        Map<String, UsageAccount> all;
        synchronized (accounts) {
            all = new LinkedHashMap<>(accounts);
        }
        Instant now = clock.instant();
        List<CompletableFuture<Void>> told = new ArrayList<>();
        all.forEach((subject, account) -> {
            if (account.owes(now)) {
                told.add(tell(subject, account));
            }
        });
        return CompletableFuture.allOf(told.toArray(CompletableFuture[]::new));
    }

    /** Tells the store the rest, and waits a second at most for that. */
    @Override
    public void close() {
        timer.shutdownNow();
        try {
            owed().get(FLUSH.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException ex) {
            log.debug("What was counted last was not told");
        }
    }
}
