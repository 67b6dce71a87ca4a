package io.github.llmcache.redis;

import io.github.llmcache.model.ModelConfig;
import io.github.llmcache.model.ModelConfigConflictException;
import io.github.llmcache.model.ModelConfigException;
import io.github.llmcache.model.ModelConfigs;
import io.github.llmcache.model.StoredModelConfig;
import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.TierException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.RedisConnection;

/**
 * What is kept of models in Redis, under {@code model:<name>:config}.
 *
 * <p>A revision is the SHA-1 of the JSON, so that a change by hand ({@code redis-cli SET}) is a change too. Thread-safe. Each
 * command is bounded by the connection's timeout.
 */
public final class RedisModelConfigs implements ModelConfigs {

    /** Stands for the revision of what is no string, which Redis does not replace. */
    private static final String ANOTHER_TYPE = "another-type";

    private final CacheConnection connection;
    private final RedisKeys keys;
    private final Consumer<String> changed;
    private final ModelConfigCodec codec = new ModelConfigCodec();

    /**
     * Creates the access.
     *
     * @param connection the connection to where state is kept
     * @param keys makes the keys
     * @param changed hears of the models that were changed here, after they were
     */
    public RedisModelConfigs(CacheConnection connection, RedisKeys keys, Consumer<String> changed) {
        this.connection = connection;
        this.keys = keys;
        this.changed = changed;
    }

    @Override
    public Optional<StoredModelConfig> get(String name) {
        return ask(() -> read(name));
    }

    @Override
    public List<StoredModelConfig> all() {
        return ask(() -> {
            List<StoredModelConfig> found = new ArrayList<>();
            for (String name : names()) {
                read(name).ifPresent(found::add);
            }
            return found;
        });
    }

    @Override
    public StoredModelConfig put(ModelConfig config, @Nullable String revision) {
        if (config.name().isBlank()) {
            throw new IllegalArgumentException("A model's name is not blank");
        }
        byte[] value = codec.write(config);
        replace(config.name(), revision == null ? "" : revision, value);
        return new StoredModelConfig(config.name(), revisionOf(value), config);
    }

    @Override
    public void delete(String name, String revision) {
        if (revision.isEmpty()) {
            throw new ModelConfigConflictException(null);
        }
        replace(name, revision, null);
    }

    private void replace(String name, String revision, byte @Nullable [] value) {
        byte[][] arguments = Stream.of(RedisKeys.bytes(revision), value)
                .filter(argument -> argument != null)
                .toArray(byte[][]::new);
        List<@Nullable Object> answer = ask(() -> Replies.await(
                connection.commands().run(Script.REPLACE, List.of(RedisKeys.bytes(keys.model(name))), arguments)));
        if (!Replies.isDone(answer)) {
            String found = new String(Replies.bytes(answer.get(1)), StandardCharsets.UTF_8);
            throw new ModelConfigConflictException(found.isEmpty() ? null : found);
        }
        changed.accept(name);
    }

    private Optional<StoredModelConfig> read(String name) {
        byte[] value;
        try {
            value = connection.commands().get(RedisKeys.bytes(keys.model(name)));
        } catch (RuntimeException ex) {
            if (RedisFailures.kindOf(ex) == FailureKind.WRONG_TYPE) {
                return Optional.of(new StoredModelConfig(name, ANOTHER_TYPE, null));
            }
            throw ex;
        }
        if (value == null) {
            return Optional.empty();
        }
        ModelConfig config = null;
        try {
            config = codec.read(name, value);
        } catch (TierException ex) {
            // Told by a stored model without its configuration: who has seen it so may replace it.
        }
        return Optional.of(new StoredModelConfig(name, revisionOf(value), config));
    }

    private List<String> names() {
        List<String> names = new ArrayList<>();
        try (RedisConnection redis = connection.factory().getConnection()) {
            connection.scanner().scanAll(redis, keys.modelPattern(), KeyScanner.COUNT, batch -> {
                for (byte[] key : batch) {
                    String name = keys.modelOf(new String(key, StandardCharsets.UTF_8));
                    if (name != null) {
                        names.add(name);
                    }
                }
                return true;
            });
        }
        return names.stream().distinct().sorted(Comparator.naturalOrder()).toList();
    }

    private static <T> T ask(Supplier<T> question) {
        try {
            return question.get();
        } catch (RuntimeException ex) {
            String kind =
                    RedisFailures.kindOf(ex).name().toLowerCase(Locale.ROOT).replace('_', ' ');
            throw new ModelConfigException(
                    "Redis did not do what was asked for the configuration of models: " + kind, ex);
        }
    }

    static String revisionOf(byte[] value) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(value));
        } catch (NoSuchAlgorithmException ex) {
            throw new IllegalStateException("Every Java has SHA-1", ex);
        }
    }
}
