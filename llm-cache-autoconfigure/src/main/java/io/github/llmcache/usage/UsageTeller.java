package io.github.llmcache.usage;

import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.TierException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Tells the store in the background what was counted and it has not been told, and tries again every second what failed.
 *
 * <p>Thread-safe. Nobody waits for it.
 */
final class UsageTeller implements AutoCloseable {

    private static final Log log = LogFactory.getLog(UsageLedger.class);

    private static final Duration FLUSH = Duration.ofSeconds(1);

    private final UsageStore store;
    private final UsageBudgets budgets;
    private final UsageAccounts accounts;
    private final StoreAttempts attempts;
    private final UsageWarnings warnings;
    private final InstantSource clock;
    private final ScheduledThreadPoolExecutor timer;
    private volatile boolean owing;

    UsageTeller(
            UsageStore store,
            UsageBudgets budgets,
            UsageAccounts accounts,
            StoreAttempts attempts,
            UsageWarnings warnings,
            InstantSource clock) {
        this.store = store;
        this.budgets = budgets;
        this.accounts = accounts;
        this.attempts = attempts;
        this.warnings = warnings;
        this.clock = clock;
        this.timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "llm-cache-usage");
            thread.setDaemon(true);
            return thread;
        });
        long pause = StoreAttempts.RETRY.toMillis();
        timer.scheduleWithFixedDelay(this::tellAll, pause, pause, TimeUnit.MILLISECONDS);
    }

    /** There is something to tell, but not now. */
    void later() {
        owing = true;
    }

    /** Tells the store what it has not been told of an account; what is counted meanwhile is told after it. */
    CompletableFuture<Void> tell(String subject, UsageAccount account) {
        Instant now = clock.instant();
        if (!attempts.mayAsk() || !account.beginTelling(now)) {
            owing = true;
            return CompletableFuture.completedFuture(null);
        }
        List<WindowClaim> claims = account.claims(UsageAmount.NOTHING, budgets.of(subject), now);
        return send(subject, claims)
                .handle((reading, failure) -> {
                    account.endTelling();
                    if (failure == null) {
                        attempts.answered();
                        account.saw(reading, now);
                        warnings.saw(subject, account, claims, reading, now);
                        return true;
                    }
                    FailureKind kind = kindOf(failure);
                    account.untold(claims, StoreAttempts.isInDoubt(kind), now);
                    owing = true;
                    attempts.failed(kind);
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
        List<CompletableFuture<Void>> told = new ArrayList<>();
        accounts.owing(clock.instant()).forEach((subject, account) -> told.add(tell(subject, account)));
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
