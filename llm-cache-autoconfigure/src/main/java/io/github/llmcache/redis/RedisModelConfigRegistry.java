package io.github.llmcache.redis;

import io.github.llmcache.model.ModelConfig;
import io.github.llmcache.model.ModelConfigRegistry;
import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.TierException;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * What is registered of models: what is kept in Redis for all applications, over what the settings of this one say.
 *
 * <p>A thread of its own reads, twice a second, the models that anybody asked for, so that a call asks a map. A model is known
 * once it was read; while Redis does not answer, or what is there can't be read, all stays as it was last known. An
 * application that starts waits a moment for the first reading. Thread-safe.
 */
public final class RedisModelConfigRegistry implements ModelConfigRegistry, SmartInitializingSingleton, AutoCloseable {

    private static final Log log = LogFactory.getLog(RedisModelConfigRegistry.class);

    private static final Duration INTERVAL = Duration.ofMillis(500);
    private static final Duration PATIENCE = Duration.ofMillis(500);

    /** Names can come with requests, and each that is followed costs a command twice a second. */
    private static final int MOST = 1000;

    private final CacheConnection connection;
    private final RedisKeys keys;
    private final Map<String, ModelConfig> defaults;
    private final ModelConfigCodec codec = new ModelConfigCodec();
    private final Map<String, FollowedModel> followed = new ConcurrentHashMap<>();
    private final ScheduledThreadPoolExecutor reader;
    private volatile boolean full;
    private @Nullable FailureKind warned;
    private boolean refused;

    /**
     * Creates the registry, which begins to read when the connection is started.
     *
     * @param connection the connection to where state is kept
     * @param keys makes the keys
     * @param defaults what the settings of the application say, which are known from the start on; no two of one name
     * @param more names of further models to read before they are asked for
     */
    public RedisModelConfigRegistry(
            CacheConnection connection, RedisKeys keys, Collection<ModelConfig> defaults, Collection<String> more) {
        this.connection = connection;
        this.keys = keys;
        this.defaults = defaults.stream().collect(Collectors.toUnmodifiableMap(ModelConfig::name, Function.identity()));
        this.defaults.keySet().forEach(name -> followed.put(name, followed(name)));
        more.forEach(name -> followed.computeIfAbsent(name, this::followed));
        this.reader = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "llm-cache-models");
            thread.setDaemon(true);
            return thread;
        });
        connection.onStart(this::begin);
    }

    private void begin() {
        reader.scheduleWithFixedDelay(this::readAll, 0, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public Optional<ModelConfig> find(String name) {
        FollowedModel model = follow(name);
        return model == null ? Optional.empty() : model.current();
    }

    @Override
    public boolean isKnown(String name) {
        FollowedModel model = follow(name);
        return model != null && model.isKnown();
    }

    @Override
    public Duration longestTtl() {
        return followed.values().stream()
                .map(FollowedModel::longestTtl)
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
    }

    /**
     * Reads a model now, and waits a moment for it: until then it may be as it was.
     *
     * @param name the model's name
     */
    public void refresh(String name) {
        FollowedModel model = follow(name);
        if (model != null) {
            await(submit(() -> read(model)));
        }
    }

    /** Waits a moment for the first reading, before the application takes its first call. */
    @Override
    public void afterSingletonsInstantiated() {
        await(submit(this::readAll));
    }

    /** Reads no more; all stays as it is. */
    @Override
    public void close() {
        reader.shutdownNow();
    }

    /** The model, which is read from now on; null where there are too many. */
    private @Nullable FollowedModel follow(String name) {
        FollowedModel known = followed.get(name);
        if (known != null) {
            return known;
        }
        if (followed.size() >= MOST) {
            if (!full) {
                full = true;
                log.warn("More than " + MOST + " names of models are in use, so that not all of them can be followed in"
                        + " Redis: calls of the others pass the cache by. Don't take names of models from requests.");
            }
            return null;
        }
        FollowedModel added = followed(name);
        FollowedModel other = followed.putIfAbsent(name, added);
        if (other != null) {
            return other;
        }
        submit(() -> read(added));
        return added;
    }

    private FollowedModel followed(String name) {
        return new FollowedModel(name, RedisKeys.bytes(keys.model(name)), defaults.get(name));
    }

    private void readAll() {
        refused = false;
        for (FollowedModel model : followed.values()) {
            if (!read(model)) {
                return;
            }
        }
        if (!refused) {
            warned = null;
        }
    }

    /** Tells whether Redis answered; runs on one thread, so that what was read later counts. */
    private boolean read(FollowedModel model) {
        try {
            take(model, connection.commands().get(model.key()));
            return true;
        } catch (RuntimeException | LinkageError ex) {
            // Whatever happens, the models are read on.
            FailureKind kind = RedisFailures.kindOf(ex);
            if (kind == FailureKind.WRONG_TYPE) {
                warnOfUnreadable(model, "another type", "It is no string");
                return true;
            }
            boolean credentials = RedisFailures.isCredentials(ex);
            failed(kind, credentials);
            // Rights may be given by name, so others may be read.
            refused |= kind == FailureKind.DENIED;
            return kind == FailureKind.DENIED && !credentials;
        }
    }

    private void take(FollowedModel model, byte @Nullable [] value) {
        try {
            if (model.take(value == null ? null : codec.read(model.name(), value))) {
                log.info("The configuration of the model " + model.name() + " in Redis has changed: its version is "
                        + model.current().map(ModelConfig::version).orElse(null));
            }
        } catch (TierException ex) {
            warnOfUnreadable(model, value == null ? "" : RedisModelConfigs.revisionOf(value), ex.getMessage());
        }
    }

    private void warnOfUnreadable(FollowedModel model, String revision, @Nullable String why) {
        if (model.isUnreadable(revision)) {
            log.warn("What Redis at " + connection.server() + " keeps under " + keys.model(model.name())
                    + " can't be read. " + why + ". "
                    + (model.isKnown()
                            ? "What was known of the model before holds on."
                            : "Calls of the model pass the cache by, since its version is not known.")
                    + " Write it anew, or delete it.");
        }
    }

    /** A server that refuses is told once; one that is gone is told by those who wait for it. */
    private void failed(FailureKind kind, boolean credentials) {
        if (kind == FailureKind.DENIED && !credentials && kind != warned) {
            log.warn(
                    "Redis at " + connection.server() + " does not let the configuration of models be read (denied), so"
                            + " it stays as it is, and calls of models of which nothing was read pass the cache by. Allow GET on"
                            + " keys such as " + keys.model("name") + ".");
        } else {
            log.debug("The configuration of models was not read: " + kind);
        }
        warned = kind;
    }

    private @Nullable Future<?> submit(Runnable task) {
        try {
            return reader.submit(task);
        } catch (RejectedExecutionException ex) {
            // Closed meanwhile.
            return null;
        }
    }

    private static void await(@Nullable Future<?> reading) {
        if (reading == null) {
            return;
        }
        try {
            reading.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException | ExecutionException ex) {
            log.debug("What is registered of models is not known yet");
        }
    }
}
