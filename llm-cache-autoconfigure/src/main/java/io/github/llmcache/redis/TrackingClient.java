package io.github.llmcache.redis;

import java.util.List;

/** Opens tracking lines to all servers that keep entries. */
interface TrackingClient extends AutoCloseable {

    /**
     * Opens a line to each server; blocks, bounded.
     *
     * @param events is told what the servers tell; nothing before tracking is asked for, but a broken line at any time
     * @return the lines, at least one
     * @throws Exception if one of them can't be had; none is open then
     */
    List<TrackingLine> open(TrackingEvents events) throws Exception;

    @Override
    void close();
}
