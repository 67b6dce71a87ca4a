package io.github.llmcache.redis;

import io.github.llmcache.key.NormalizationSteps;
import io.github.llmcache.key.PromptNormalizer;
import io.github.llmcache.usage.dedup.DeduplicationUnavailableException;
import io.github.llmcache.usage.dedup.PromptDeduplicator;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the digests of prompts in Redis, for each name a set that lives from its first prompt on for a fixed time.
 *
 * <p>Each command is bounded by the connection's timeout. Thread-safe.
 */
public final class RedisPromptDeduplicator implements PromptDeduplicator {

    /** So many that no script keeps Redis busy for longer than a millisecond or two. */
    private static final int BATCH = 500;

    /** 132 bits: no two prompts share them by chance, and a member takes half the memory of a whole digest. */
    private static final int DIGEST = 22;

    private final CacheConnection connection;
    private final RedisKeys keys;
    private final PromptNormalizer normalizer;
    private final NormalizationSteps steps;
    private final Function<String, Duration> ttls;

    /**
     * Creates the deduplicator.
     *
     * @param connection the connection to where state is kept
     * @param keys makes the keys
     * @param normalizer folds prompts
     * @param steps by which steps
     * @param ttls how long the window of a name is, at least a millisecond
     */
    public RedisPromptDeduplicator(
            CacheConnection connection,
            RedisKeys keys,
            PromptNormalizer normalizer,
            NormalizationSteps steps,
            Function<String, Duration> ttls) {
        this.connection = connection;
        this.keys = keys;
        this.normalizer = normalizer;
        this.steps = steps;
        this.ttls = ttls;
    }

    @Override
    public boolean firstSeen(String name, String prompt) {
        return !unseen(name, List.of(prompt)).isEmpty();
    }

    @Override
    public List<String> unseen(String name, Collection<String> prompts) {
        if (name.isBlank()) {
            throw new IllegalArgumentException("The name of what prompts are seen for is not blank");
        }
        Map<String, String> byDigest = new LinkedHashMap<>();
        prompts.forEach(prompt -> byDigest.putIfAbsent(digest(prompt), prompt));
        List<String> digests = List.copyOf(byDigest.keySet());
        List<String> unseen = new ArrayList<>();
        for (int from = 0; from < digests.size(); from += BATCH) {
            List<String> batch = digests.subList(from, Math.min(from + BATCH, digests.size()));
            List<@Nullable Object> added = add(name, batch);
            for (int i = 0; i < batch.size(); i++) {
                String prompt = byDigest.get(batch.get(i));
                if (prompt != null && Replies.number(added.get(i)) == 1) {
                    unseen.add(prompt);
                }
            }
        }
        return unseen;
    }

    private List<@Nullable Object> add(String name, List<String> digests) {
        byte[][] arguments = new byte[digests.size() + 1][];
        arguments[0] = Replies.millis(ttls.apply(name));
        for (int i = 0; i < digests.size(); i++) {
            arguments[i + 1] = RedisKeys.bytes(digests.get(i));
        }
        try {
            return Replies.await(connection
                    .commands()
                    .run(Script.ADD_MEMBERS, List.of(RedisKeys.bytes(keys.dedup(name))), arguments));
        } catch (RuntimeException ex) {
            String kind =
                    RedisFailures.kindOf(ex).name().toLowerCase(Locale.ROOT).replace('_', ' ');
            throw new DeduplicationUnavailableException("Redis did not tell which prompts were seen: " + kind, ex);
        }
    }

    private String digest(String prompt) {
        try {
            // In UTF-8 all lone surrogates would be one.
            String folded = normalizer.normalize(prompt, steps);
            byte[] units = new byte[2 * folded.length()];
            for (int i = 0; i < folded.length(); i++) {
                units[2 * i] = (byte) (folded.charAt(i) >> 8);
                units[2 * i + 1] = (byte) folded.charAt(i);
            }
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(units);
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(digest)
                    .substring(0, DIGEST);
        } catch (NoSuchAlgorithmException ex) {
            throw new IllegalStateException("Every Java has SHA-256", ex);
        }
    }
}
