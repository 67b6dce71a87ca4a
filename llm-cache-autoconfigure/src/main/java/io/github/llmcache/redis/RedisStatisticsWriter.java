package io.github.llmcache.redis;

import io.github.llmcache.event.CacheStatistics;
import io.github.llmcache.tier.Circuit;
import io.github.llmcache.tier.CircuitState;
import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.TierException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Adds what this JVM counts to what all JVMs count, in a hash in Redis for each cache and day.
 *
 * <p>Reads {@link CacheStatistics} every now and then, so a call costs nothing more, and sends what has been added since,
 * where there is anything. What Redis did not confirm is sent again and counted once. Of a JVM that is killed the last
 * interval is lost. Days are those of UTC. Thread-safe; never blocks and never throws, but {@link #close} waits a second
 * at most.
 */
public final class RedisStatisticsWriter implements AutoCloseable {

    private static final Log log = LogFactory.getLog(RedisStatisticsWriter.class);

    /** How long Redis knows which counts were the last of a JVM: by then nothing is sent again any more. */
    private static final Duration REMEMBERED = Duration.ofDays(1);

    /** How often it is looked whether the day has changed. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    /** Answers of a server that is there. What says that it is not is told by those who wait for it. */
    private static final Set<FailureKind> REFUSED =
            EnumSet.of(FailureKind.DENIED, FailureKind.WRONG_TYPE, FailureKind.OUT_OF_MEMORY, FailureKind.READ_ONLY);

    private final CacheStatistics statistics;
    private final CacheConnection connection;
    private final RedisKeys keys;
    private final @Nullable Circuit circuit;
    private final Duration interval;
    private final byte[] retention;
    private final InstantSource clock;
    private final String jvm = UUID.randomUUID().toString();
    private final Map<String, UnsentCounts> unsent = new LinkedHashMap<>();
    private final AtomicLong numbers = new AtomicLong();
    private final Set<FailureKind> warned = ConcurrentHashMap.newKeySet();
    private final Future<?> timer;
    private CompletableFuture<Void> last = CompletableFuture.completedFuture(null);
    private long writtenAt = System.nanoTime();
    private LocalDate day;

    /**
     * Creates the writer, and begins.
     *
     * @param statistics what this JVM counts
     * @param connection the cache's connection
     * @param keys makes the keys of the hashes
     * @param circuit tells whether Redis is left alone, or null where it never is
     * @param interval how often to write, positive
     * @param retention how long a hash is kept after the last counts were added to it, positive
     * @param clock tells the day
     */
    public RedisStatisticsWriter(
            CacheStatistics statistics,
            CacheConnection connection,
            RedisKeys keys,
            @Nullable Circuit circuit,
            Duration interval,
            Duration retention,
            InstantSource clock) {
        this.statistics = statistics;
        this.connection = connection;
        this.keys = keys;
        this.circuit = circuit;
        this.interval = interval;
        this.retention = Replies.millis(retention);
        this.clock = clock;
        this.day = today();
        Duration look = interval.compareTo(LOOK) < 0 ? interval : LOOK;
        this.timer = connection.threads().every(look, this::look);
    }

    /** Writes if it is time to, or if the day has changed, so that what was counted before stands under its day. */
    private synchronized void look() {
        boolean due = System.nanoTime() - writtenAt >= interval.toNanos();
        if (last.isDone() && (due || !today().equals(day))) {
            write();
        }
    }

    /**
     * Writes now, after what is being written.
     *
     * @return completed when Redis has answered or failed; never with a failure
     */
    public synchronized CompletableFuture<Void> write() {
        last = last.thenCompose(done -> sendAll());
        return last;
    }

    private CompletableFuture<Void> sendAll() {
        try {
            take();
            if (circuit != null && circuit.state() == CircuitState.OPEN) {
                return CompletableFuture.completedFuture(null);
            }
            List<CompletableFuture<Boolean>> sent = new ArrayList<>();
            unsent.forEach((cache, counts) -> sent.add(send(cache, counts)));
            return CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new))
                    .thenRun(() -> {
                        if (sent.stream().allMatch(CompletableFuture::join)) {
                            warned.clear();
                        }
                    });
        } catch (RuntimeException | LinkageError ex) {
            // Whatever happens, the counts are written on.
            log.debug("The counts were not written", ex);
            return CompletableFuture.completedFuture(null);
        }
    }

    /** What was counted since the last look belongs to the day of that look. */
    private synchronized void take() {
        for (String cache : statistics.caches()) {
            unsent.computeIfAbsent(cache, name -> new UnsentCounts())
                    .take(StatisticsFields.of(statistics.of(cache)), day);
        }
        day = today();
        writtenAt = System.nanoTime();
    }

    /** Sends the parts one after the other until one fails; tells whether all have arrived. */
    private CompletableFuture<Boolean> send(String cache, UnsentCounts counts) {
        UnsentCounts.Part part = counts.next(numbers::incrementAndGet);
        if (part == null) {
            return CompletableFuture.completedFuture(true);
        }
        return add(cache, part)
                .handle((answer, failure) -> {
                    if (failure != null) {
                        refused(keys.statistics(cache, part.day()), failure);
                        return false;
                    }
                    counts.arrived(part);
                    if (answer.size() > 1) {
                        // They are there, but nothing takes them away in the end.
                        refused(keys.statistics(cache, part.day()), FailureKind.DENIED);
                        return false;
                    }
                    return true;
                })
                .thenCompose(arrived -> arrived ? send(cache, counts) : CompletableFuture.completedFuture(false));
    }

    private CompletableFuture<List<@Nullable Object>> add(String cache, UnsentCounts.Part part) {
        if (!connection.scripts().isAllowed()) {
            return CompletableFuture.failedFuture(new TierException(FailureKind.DENIED, "No script is run", null));
        }
        String key = keys.statistics(cache, part.day());
        List<byte[]> arguments = new ArrayList<>();
        arguments.add(RedisKeys.bytes(Long.toString(part.number())));
        arguments.add(Replies.millis(REMEMBERED));
        arguments.add(retention);
        part.counts().forEach((field, count) -> {
            arguments.add(RedisKeys.bytes(field));
            arguments.add(RedisKeys.bytes(Long.toString(count)));
        });
        try {
            return connection
                    .commands()
                    .run(
                            Script.ADD_COUNTS,
                            List.of(RedisKeys.bytes(key), RedisKeys.bytes(keys.counted(key, jvm))),
                            arguments.toArray(byte[][]::new));
        } catch (RuntimeException ex) {
            return CompletableFuture.failedFuture(ex);
        }
    }

    private void refused(String key, Throwable failure) {
        refused(key, connection.scripts().isDeniedBy(failure) ? FailureKind.DENIED : RedisFailures.kindOf(failure));
    }

    private void refused(String key, FailureKind kind) {
        String reason = kind.name().toLowerCase(Locale.ROOT);
        if (REFUSED.contains(kind) && warned.add(kind)) {
            log.warn("Redis at " + connection.server() + " does not take what was counted (" + reason
                    + "), so the totals of the fleet lack it; calls are not affected. Allow EVALSHA, EVAL, GET, SET, DEL,"
                    + " HINCRBY and PEXPIRE on keys such as " + key
                    + ", which is a hash, or set llm-cache.stats.enabled=false.");
        } else {
            log.debug("What was counted was not written: " + reason);
        }
    }

    /** Writes a last time, and waits a second at most for that. */
    @Override
    public void close() {
        timer.cancel(false);
        try {
            write().get(CacheConnection.FLUSH.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException ex) {
            log.debug("What was counted last was not written");
        }
    }

    private LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    }
}
