package io.github.llmcache.redis;

import io.github.llmcache.event.AskedDigests;
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
import java.util.HashSet;
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
 * where there is anything. What Redis did not confirm is sent again and counted once. While Redis is left alone, a single
 * script tries whether it is there again, since there may be no look-ups that do. Of a JVM that is killed the last interval
 * is lost. Days are those of UTC. Thread-safe; never blocks and never throws, but {@link #close} waits a second at most.
 */
public final class RedisStatisticsWriter implements AutoCloseable {

    private static final Log log = LogFactory.getLog(RedisStatisticsWriter.class);

    /** How long Redis knows which counts were the last of a JVM: by then nothing is sent again any more. */
    private static final Duration REMEMBERED = Duration.ofDays(1);

    /** How often it is looked whether the day has changed. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    /** Answers of a server that is there. What says that it is not is told by those who wait for it. */
    static final Set<FailureKind> REFUSED =
            EnumSet.of(FailureKind.DENIED, FailureKind.WRONG_TYPE, FailureKind.OUT_OF_MEMORY, FailureKind.READ_ONLY);

    private final CacheStatistics statistics;
    private final CacheConnection connection;
    private final RedisKeys keys;
    private final @Nullable Circuit circuit;
    private final Duration interval;
    private final byte[] retention;
    private final InstantSource clock;
    private final @Nullable AskedPromptsWriter prompts;
    private final String jvm = UUID.randomUUID().toString();
    private final Map<String, UnsentCounts> unsent = new LinkedHashMap<>();
    private final AtomicLong numbers = new AtomicLong();
    private final Set<FailureKind> warned = ConcurrentHashMap.newKeySet();
    private final Future<?> timer;
    private volatile boolean complained;
    private CompletableFuture<Boolean> last = CompletableFuture.completedFuture(true);
    private long writtenAt = System.nanoTime();
    private LocalDate day;

    /**
     * Creates the writer, and begins.
     *
     * @param statistics what this JVM counts
     * @param asked what this JVM is asked, or null where repeats are not counted
     * @param connection the cache's connection
     * @param keys makes the keys of the hashes
     * @param circuit tells whether Redis is left alone, or null where it never is
     * @param interval how often to write, positive
     * @param retention how long a hash is kept after the last counts were added to it, positive
     * @param clock tells the day
     */
    public RedisStatisticsWriter(
            CacheStatistics statistics,
            @Nullable AskedDigests asked,
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
        this.prompts = asked == null ? null : new AskedPromptsWriter(asked, connection, keys, this.retention);
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
    public CompletableFuture<Void> write() {
        return write(false).thenApply(arrived -> null);
    }

    /** Tells whether all has arrived. Whatever happens to one writing, the next comes. */
    private synchronized CompletableFuture<Boolean> write(boolean ending) {
        last = last.thenCompose(done -> sendAll(ending)).exceptionally(failure -> {
            log.debug("The counts were not written", failure);
            return false;
        });
        return last;
    }

    private CompletableFuture<Boolean> sendAll(boolean ending) {
        boolean leftAlone = !ending && circuit != null && circuit.state() == CircuitState.OPEN;
        return sendPrompts(leftAlone).thenCompose(told -> {
            take();
            complained = false;
            return (leftAlone ? sendOne() : CompletableFuture.completedFuture(true))
                    .thenCompose(there -> there ? sendEach() : CompletableFuture.completedFuture(false));
        });
    }

    /** First of all, so that calls are counted as asked only where Redis knows what they asked. */
    private synchronized CompletableFuture<Void> sendPrompts(boolean leftAlone) {
        if (prompts == null) {
            return CompletableFuture.completedFuture(null);
        }
        prompts.hold(day);
        return leftAlone ? CompletableFuture.completedFuture(null) : prompts.send(day);
    }

    /** Tries with the counts of one cache whether Redis is there. */
    private CompletableFuture<Boolean> sendOne() {
        for (Map.Entry<String, UnsentCounts> cache : unsent.entrySet()) {
            if (!cache.getValue().isEmpty()) {
                return send(cache.getKey(), cache.getValue());
            }
        }
        return CompletableFuture.completedFuture(true);
    }

    private CompletableFuture<Boolean> sendEach() {
        List<CompletableFuture<Boolean>> sent = new ArrayList<>();
        unsent.forEach((cache, counts) -> sent.add(send(cache, counts)));
        return CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new)).thenApply(done -> {
            boolean arrived = sent.stream().allMatch(CompletableFuture::join);
            if (arrived && !complained) {
                warned.clear();
            }
            return arrived;
        });
    }

    /** What was counted since the last look belongs to the day of that look. */
    private synchronized void take() {
        for (String cache : statistics.caches()) {
            Map<String, Long> counts = StatisticsFields.of(statistics.of(cache));
            if (prompts != null) {
                StatisticsFields.putPrompts(counts, prompts.calls(cache));
            }
            UnsentCounts.Part lost =
                    unsent.computeIfAbsent(cache, name -> new UnsentCounts()).take(counts, day);
            if (lost != null) {
                log.warn(
                        "What was counted for " + keys.statistics(cache, lost.day())
                                + " is thrown away, because Redis has not taken it for too long; the totals of the fleet lack it.");
            }
        }
        day = today();
        writtenAt = System.nanoTime();
    }

    private CompletableFuture<Boolean> send(String cache, UnsentCounts counts) {
        return send(cache, counts, new HashSet<>());
    }

    /**
     * Sends the parts one after the other until Redis does not answer; tells whether all have arrived. What it refuses for a
     * day, as where something else has the key, says nothing of the days after.
     */
    private CompletableFuture<Boolean> send(String cache, UnsentCounts counts, Set<LocalDate> refused) {
        UnsentCounts.Part part = counts.next(numbers::incrementAndGet, refused);
        if (part == null) {
            return CompletableFuture.completedFuture(refused.isEmpty());
        }
        return add(cache, part)
                .handle((answer, failure) -> {
                    String key = keys.statistics(cache, part.day());
                    if (failure != null) {
                        refused.add(part.day());
                        if (RedisFailures.isCredentials(failure)) {
                            // Told by those who wait for answers.
                            return false;
                        }
                        return REFUSED.contains(complain(key, kindOf(failure)));
                    }
                    counts.arrived(part);
                    if (answer.size() > 1) {
                        // They are there, but nothing takes them away in the end.
                        complain(key, FailureKind.DENIED);
                    }
                    return true;
                })
                .thenCompose(
                        answered -> answered ? send(cache, counts, refused) : CompletableFuture.completedFuture(false));
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

    private FailureKind kindOf(Throwable failure) {
        return connection.scripts().isDeniedBy(failure) ? FailureKind.DENIED : RedisFailures.kindOf(failure);
    }

    private FailureKind complain(String key, FailureKind kind) {
        complained = true;
        String reason = kind.name().toLowerCase(Locale.ROOT);
        if (REFUSED.contains(kind) && warned.add(kind)) {
            log.warn("Redis at " + connection.server() + " does not take what was counted (" + reason
                    + "), so the totals of the fleet lack it; calls are not affected. Allow EVALSHA, EVAL, GET, SET, DEL,"
                    + " HINCRBY and PEXPIRE on keys such as " + key
                    + ", which is a hash, or set llm-cache.stats.enabled=false.");
        } else {
            log.debug("What was counted was not written: " + reason);
        }
        return kind;
    }

    /** Writes a last time, even where Redis is left alone, and waits a second at most for that. */
    @Override
    public void close() {
        timer.cancel(false);
        boolean arrived = false;
        try {
            arrived = write(true).get(CacheConnection.FLUSH.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException ex) {
            log.debug("What was counted last was not written", ex);
        }
        if (!arrived) {
            log.warn("Redis at " + connection.server()
                    + " has not taken what this instance counted last, so the totals of the fleet lack it.");
        }
    }

    private LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    }
}
