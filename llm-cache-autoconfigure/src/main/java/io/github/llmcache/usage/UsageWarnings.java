package io.github.llmcache.usage;

import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Notices where budgets are used up for the most part, by what the store tells anyway.
 *
 * <p>The store adds and reads in one step, so of all JVMs the one whose call passes the mark sees it, and no other. Where
 * reservations that are given back let a counter pass its mark again, each JVM warns once in a window. What is counted while
 * the store is lost passes the mark when the store is told it. Thread-safe; no call waits for a listener.
 */
public final class UsageWarnings implements AutoCloseable {

    private static final Log log = LogFactory.getLog(UsageWarnings.class);

    private static final UsageUnit[] UNITS = UsageUnit.values();
    private static final int MOST_WAITING = 1000;
    private static final int IDLE_SECONDS = 10;

    private final int percent;
    private final Supplier<? extends List<? extends UsageWarningListener>> listeners;
    private final InstantSource clock;
    private final LimitCounts counts = new LimitCounts();
    private final Map<UsageWindow, Map<UsageUnit, HighestShare>> highest = new EnumMap<>(UsageWindow.class);
    private final ThreadPoolExecutor teller;

    /**
     * Creates the warnings.
     *
     * @param percent how many percent of a limit have to be used or reserved for a warning, from 1 to 100
     * @param listeners tells who is told; asked when there is something to tell
     * @param clock tells when windows have ended
     * @throws IllegalArgumentException if the share is none
     */
    public UsageWarnings(
            int percent, Supplier<? extends List<? extends UsageWarningListener>> listeners, InstantSource clock) {
        if (percent < 1 || percent > 100) {
            throw new IllegalArgumentException("The share is from 1 to 100 percent: " + percent);
        }
        this.percent = percent;
        this.listeners = listeners;
        this.clock = clock;
        for (UsageWindow window : UsageWindow.values()) {
            Map<UsageUnit, HighestShare> units = new EnumMap<>(UsageUnit.class);
            for (UsageUnit unit : UNITS) {
                units.put(unit, new HighestShare());
            }
            highest.put(window, units);
        }
        this.teller = new ThreadPoolExecutor(
                1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MOST_WAITING), task -> {
                    Thread thread = new Thread(task, "llm-cache-usage-warnings");
                    thread.setDaemon(true);
                    return thread;
                });
        teller.allowCoreThreadTimeOut(true);
    }

    /** How many budgets came to the mark by calls of this JVM. */
    public LimitCounts counts() {
        return counts;
    }

    /**
     * Tells how much of a limit is used or reserved by the subject that has used most of its own, of those that this JVM
     * asked the store for in the current window.
     *
     * @param window the limit's window
     * @param unit the limit's unit
     * @return the share, 1 for all of the limit, more where the last call went over it, 0 where nobody was asked for
     */
    public double highestShare(UsageWindow window, UsageUnit unit) {
        return highest(window, unit).at(clock.instant());
    }

    /** The store has answered: looks at what it was asked to add and at what is used now. */
    void saw(String subject, UsageAccount account, List<WindowClaim> claims, UsageReading reading, Instant askedAt) {
        for (WindowClaim claim : claims) {
            WindowReading read = reading.windows().get(claim.window());
            if (read == null || claim.limit().equals(UsageLimit.UNLIMITED)) {
                continue;
            }
            UsageAmount added = reading.refusal() == null ? claim.owed().plus(claim.wanted()) : claim.owed();
            Instant end = askedAt.plus(read.left());
            for (UsageUnit unit : UNITS) {
                long limit = claim.limit().of(unit);
                if (limit <= 0) {
                    continue;
                }
                long used = read.used().of(unit);
                highest(claim.window(), unit).saw((double) used / limit, end, askedAt);
                long mark = mark(limit);
                if (used >= mark
                        && used - added.of(unit) < mark
                        && account.isFirstWarning(claim.window(), unit, askedAt)) {
                    counts.count(claim.window(), unit);
                    tell(subject, new UsageStatus(claim.window(), unit, unit.amount(used), unit.amount(limit), end));
                }
            }
        }
    }

    /** The least use that is warned of, of a limit above zero; never zero. */
    private long mark(long limit) {
        // In two parts, because the limit times the share may be more than a long holds.
        return limit / 100 * percent + (limit % 100 * percent + 99) / 100;
    }

    private HighestShare highest(UsageWindow window, UsageUnit unit) {
        return Objects.requireNonNull(
                Objects.requireNonNull(highest.get(window)).get(unit));
    }

    private void tell(String subject, UsageStatus status) {
        try {
            teller.execute(() -> tellAll(subject, status));
        } catch (RejectedExecutionException ex) {
            log.debug("Too many warnings of usage wait for their listeners: one is dropped");
        }
    }

    private void tellAll(String subject, UsageStatus status) {
        try {
            listeners.get().forEach(listener -> tell(listener, subject, status));
        } catch (RuntimeException | LinkageError ex) {
            log.warn("The usage warning listeners can't be had", ex);
        }
    }

    private static void tell(UsageWarningListener listener, String subject, UsageStatus status) {
        try {
            listener.onWarning(subject, status);
        } catch (RuntimeException | LinkageError | AssertionError ex) {
            // No more than the classes: the message may hold the user's name.
            log.warn("The usage warning listener " + listener.getClass().getName() + " failed with "
                    + ex.getClass().getName());
            log.debug("The failure of the usage warning listener", ex);
        }
    }

    /** Tells what waits to be told, and nothing more. */
    @Override
    public void close() {
        teller.shutdown();
    }
}
