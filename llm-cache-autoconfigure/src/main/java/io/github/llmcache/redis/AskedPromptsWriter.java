package io.github.llmcache.redis;

import io.github.llmcache.event.AskedDigests;
import io.github.llmcache.event.AskedDigests.Taken;
import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.TierException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Adds the digests of what this JVM was asked to those of all JVMs, in a HyperLogLog in Redis for each cache and day.
 *
 * <p>Redis estimates the number of different ones (Flajolet et al. 2007, as improved by Heule et al. 2013), in 12 kB at most
 * however many there are. Adding a digest twice changes nothing, so what Redis did not confirm is simply sent again, until
 * the day is over. Used by one thread after the other.
 */
final class AskedPromptsWriter {

    private static final Log log = LogFactory.getLog(AskedPromptsWriter.class);

    /** So many that a command keeps Redis busy for less than a millisecond. */
    private static final int BATCH = 1_000;

    /** The most that is held of a cache while Redis does not take it; past them its calls of the time are not counted. */
    private static final int MOST = 50_000;

    private final AskedDigests asked;
    private final CacheConnection connection;
    private final RedisKeys keys;
    private final byte[] retention;
    private final Map<String, Unsent> unsent = new ConcurrentHashMap<>();
    private final Map<String, Long> arrived = new ConcurrentHashMap<>();
    private final Set<FailureKind> warned = ConcurrentHashMap.newKeySet();

    AskedPromptsWriter(AskedDigests asked, CacheConnection connection, RedisKeys keys, byte[] retention) {
        this.asked = asked;
        this.connection = connection;
        this.keys = keys;
        this.retention = retention;
    }

    private static final class Unsent {
        private final LocalDate day;
        private final Set<String> digests = new LinkedHashSet<>();
        private long calls;

        Unsent(LocalDate day) {
            this.day = day;
        }
    }

    /**
     * Takes what was asked since the last time. What Redis has not taken of the day before is given up.
     *
     * @param day the day that it belongs to
     */
    void hold(LocalDate day) {
        asked.caches().forEach(cache -> add(cache, day, asked.take(cache)));
    }

    /**
     * Sends what is held of a day.
     *
     * @param day the day
     * @return completed when Redis has answered or failed; never with a failure
     */
    CompletableFuture<Void> send(LocalDate day) {
        List<CompletableFuture<Boolean>> sent = new ArrayList<>();
        unsent.forEach((cache, of) -> {
            if (of.calls > 0 && of.day.equals(day)) {
                sent.add(send(cache, of));
            }
        });
        return CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new)).thenRun(() -> {
            // What is refused for one cache alone is told once, too.
            if (sent.stream().allMatch(CompletableFuture::join)) {
                warned.clear();
            }
        });
    }

    private CompletableFuture<Boolean> send(String cache, Unsent of) {
        String key = keys.prompts(cache, of.day);
        return send(key, List.copyOf(of.digests), 0).handle((limited, failure) -> {
            if (failure != null) {
                complain(key, failure);
                return false;
            }
            arrived.merge(cache, of.calls, Long::sum);
            unsent.remove(cache);
            return limited;
        });
    }

    /** How many calls there were, since this JVM started, of which Redis knows all digests. */
    long calls(String cache) {
        return arrived.getOrDefault(cache, 0L);
    }

    private void add(String cache, LocalDate day, Taken taken) {
        Unsent of = unsent.get(cache);
        if (of == null
                || !of.day.equals(day)
                || of.digests.size() + taken.digests().size() > MOST) {
            of = new Unsent(day);
            unsent.put(cache, of);
        }
        of.calls += taken.calls();
        of.digests.addAll(taken.digests());
    }

    /** Tells whether what was sent goes away by itself. */
    private CompletableFuture<Boolean> send(String key, List<String> digests, int from) {
        if (from >= digests.size()) {
            return CompletableFuture.completedFuture(true);
        }
        if (!connection.scripts().isAllowed()) {
            return CompletableFuture.failedFuture(new TierException(FailureKind.DENIED, "No script is run", null));
        }
        int to = Math.min(from + BATCH, digests.size());
        List<byte[]> arguments = new ArrayList<>();
        arguments.add(retention);
        digests.subList(from, to).forEach(digest -> arguments.add(RedisKeys.bytes(digest)));
        try {
            CompletableFuture<List<@Nullable Object>> answer = connection
                    .commands()
                    .run(Script.ADD_DISTINCT, List.of(RedisKeys.bytes(key)), arguments.toArray(byte[][]::new));
            return answer.thenCompose(done -> {
                if (done.size() == 1) {
                    return send(key, digests, to);
                }
                complain(key, new TierException(FailureKind.DENIED, "PEXPIRE is denied", null));
                return send(key, digests, to).thenApply(limited -> false);
            });
        } catch (RuntimeException ex) {
            return CompletableFuture.failedFuture(ex);
        }
    }

    private void complain(String key, Throwable failure) {
        FailureKind kind =
                connection.scripts().isDeniedBy(failure) ? FailureKind.DENIED : RedisFailures.kindOf(failure);
        String reason = kind.name().toLowerCase(Locale.ROOT);
        if (RedisStatisticsWriter.REFUSED.contains(kind) && !RedisFailures.isCredentials(failure) && warned.add(kind)) {
            log.warn("Redis at " + connection.server() + " does not take which prompts were asked (" + reason
                    + "), so it is not told how many were repeats; calls are not affected. Allow EVALSHA, EVAL, PFADD and"
                    + " PEXPIRE on keys such as " + key
                    + ", which is a HyperLogLog, or set llm-cache.stats.repeats=false.");
        } else {
            log.debug("Which prompts were asked was not written: " + reason);
        }
    }
}
