package io.github.llmcache.redis;

import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.TierException;
import io.github.llmcache.usage.UsageAmount;
import io.github.llmcache.usage.UsageReading;
import io.github.llmcache.usage.UsageReading.Refusal;
import io.github.llmcache.usage.UsageStore;
import io.github.llmcache.usage.UsageUnit;
import io.github.llmcache.usage.UsageWindow;
import io.github.llmcache.usage.WindowClaim;
import io.github.llmcache.usage.WindowReading;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Counters of usage in Redis: {@code usage:<user>:count}, {@code :tokens} and {@code :cost}, with the window's name behind
 * them for all windows but the first one. In a cluster the user is the hash tag, so that one script may use all of them.
 *
 * <p>Thread-safe. Closes its connection if that is its own.
 */
public final class RedisUsageStore implements UsageStore, AutoCloseable {

    private static final UsageUnit[] UNITS = UsageUnit.values();

    private final CacheConnection connection;
    private final boolean own;
    private final RedisKeys keys;
    private final UsageWindow first;

    /**
     * Creates the store.
     *
     * @param connection the connection
     * @param own whether the connection is closed with the store
     * @param keys makes the keys
     * @param first the window whose counters have keys without a window's name
     */
    public RedisUsageStore(CacheConnection connection, boolean own, RedisKeys keys, UsageWindow first) {
        this.connection = connection;
        this.own = own;
        this.keys = keys;
        this.first = first;
    }

    @Override
    public String server() {
        return connection.server();
    }

    @Override
    public UsageReading exchange(String subject, List<WindowClaim> claims) {
        try {
            return Replies.await(exchangeLater(subject, claims));
        } catch (RuntimeException ex) {
            throw RedisFailures.translate(ex);
        }
    }

    @Override
    public CompletableFuture<UsageReading> exchangeLater(String subject, List<WindowClaim> claims) {
        if (!connection.scripts().isAllowed()) {
            return CompletableFuture.failedFuture(new TierException(FailureKind.DENIED, "No script is run", null));
        }
        List<byte[]> counters = new ArrayList<>(claims.size() * UNITS.length);
        List<byte[]> arguments = new ArrayList<>(claims.size() * 11);
        boolean tagged = connection.isCluster();
        for (WindowClaim claim : claims) {
            String window = claim.window() == first ? null : claim.window().segment();
            long longest = claim.window().longest().toMillis();
            // Where a clock was put back, a window that has begun would last longer than windows do.
            arguments.add(number(Math.min(longest, Math.max(1, claim.left().toMillis()))));
            arguments.add(number(longest));
            for (UsageUnit unit : UNITS) {
                counters.add(RedisKeys.bytes(keys.usage(subject, unit.segment(), window, tagged)));
                arguments.add(number(claim.owed().of(unit)));
                arguments.add(number(claim.wanted().of(unit)));
                arguments.add(number(claim.limit().of(unit)));
            }
        }
        return run(counters, arguments).thenApply(answer -> reading(claims, answer));
    }

    private CompletableFuture<List<@Nullable Object>> run(List<byte[]> counters, List<byte[]> arguments) {
        CompletableFuture<List<@Nullable Object>> reply;
        try {
            reply = connection.commands().run(Script.USAGE, counters, arguments.toArray(byte[][]::new));
        } catch (RuntimeException ex) {
            reply = CompletableFuture.failedFuture(ex);
        }
        return reply.exceptionallyCompose(failure -> CompletableFuture.failedFuture(
                connection.scripts().isDeniedBy(failure)
                        ? new TierException(FailureKind.DENIED, "Redis runs no scripts for this user", failure)
                        : RedisFailures.translate(failure)));
    }

    private static UsageReading reading(List<WindowClaim> claims, List<@Nullable Object> answer) {
        Map<UsageWindow, WindowReading> windows = new LinkedHashMap<>();
        for (int window = 0; window < claims.size(); window++) {
            long[] used = new long[UNITS.length];
            long left = 0;
            for (int unit = 0; unit < UNITS.length; unit++) {
                int place = 1 + (window * UNITS.length + unit) * 2;
                used[unit] = Replies.number(answer.get(place));
                left = Math.max(left, Replies.number(answer.get(place + 1)));
            }
            windows.put(
                    claims.get(window).window(),
                    new WindowReading(new UsageAmount(used[0], used[1], used[2]), Duration.ofMillis(left)));
        }
        int refused = Math.toIntExact(Replies.number(answer.get(0)));
        return new UsageReading(
                refused == 0
                        ? null
                        : new Refusal(
                                claims.get((refused - 1) / UNITS.length).window(), UNITS[(refused - 1) % UNITS.length]),
                windows);
    }

    private static byte[] number(long number) {
        return RedisKeys.bytes(Long.toString(number));
    }

    @Override
    public void close() {
        if (own) {
            connection.close();
        }
    }
}
