package io.github.llmcache.redis;

import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.tier.InvalidationListener;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * An unbroken time of tracking: ends for good, and for all servers, when one line breaks.
 *
 * <p>Thread-safe.
 */
final class TrackingSession implements TrackingEvents, AutoCloseable {

    private final RedisKeys keys;
    private final CacheCatalog catalog;
    private final InvalidationListener listener;
    private final Map<String, String> cachesByBeginning = new ConcurrentHashMap<>();
    private volatile List<TrackingLine> lines = List.of();
    private volatile boolean open = true;

    private TrackingSession(RedisKeys keys, CacheCatalog catalog, InvalidationListener listener) {
        this.keys = keys;
        this.catalog = catalog;
        this.listener = listener;
    }

    /** Connects to all servers, and lets them tell of the caches; blocks, bounded. */
    static TrackingSession open(
            TrackingClient client,
            RedisKeys keys,
            CacheCatalog catalog,
            Set<String> caches,
            InvalidationListener listener)
            throws Exception {
        TrackingSession session = new TrackingSession(keys, catalog, listener);
        session.lines = client.open(session);
        try {
            session.add(caches);
            session.beat();
            return session;
        } catch (Exception ex) {
            session.close();
            throw ex;
        }
    }

    boolean isOpen() {
        return open;
    }

    /** Tracks those caches that are not tracked yet; waits for it, bounded. */
    void add(Set<String> caches) throws Exception {
        List<String> beginnings = new ArrayList<>();
        for (String cache : caches) {
            String beginning = keys.beginning(cache);
            if (cachesByBeginning.putIfAbsent(beginning, cache) == null) {
                beginnings.add(beginning);
            }
        }
        if (beginnings.isEmpty()) {
            return;
        }
        for (TrackingLine line : lines) {
            line.track(beginnings);
        }
        synchronized (this) {
            if (open) {
                listener.tracking(new TreeSet<>(cachesByBeginning.values()));
            }
        }
    }

    void beat() {
        lines.forEach(TrackingLine::beat);
    }

    @Override
    public void changed(List<ByteBuffer> changed) {
        for (ByteBuffer key : changed) {
            String redisKey = StandardCharsets.UTF_8.decode(key.duplicate()).toString();
            String cache = cachesByBeginning.get(keys.beginningOf(redisKey));
            if (cache != null) {
                keys.changed(redisKey, cache, catalog.settingsOf(cache).keyStyle(), listener::invalidated);
            }
        }
    }

    @Override
    public void emptied() {
        listener.invalidatedAll();
    }

    /** As of the oldest of the lines' answers, all servers have told all changes. */
    @Override
    public synchronized void answered() {
        List<TrackingLine> all = lines;
        if (!open || all.isEmpty()) {
            return;
        }
        long oldest = all.get(0).answeredAsOf();
        for (TrackingLine line : all) {
            long asOf = line.answeredAsOf();
            oldest = asOf - oldest < 0 ? asOf : oldest;
        }
        listener.alive(oldest);
    }

    @Override
    public synchronized void broken() {
        if (open) {
            open = false;
            listener.lost();
        }
    }

    @Override
    public void close() {
        broken();
        lines.forEach(TrackingLine::close);
    }
}
