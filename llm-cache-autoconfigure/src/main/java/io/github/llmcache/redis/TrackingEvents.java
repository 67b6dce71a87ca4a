package io.github.llmcache.redis;

import java.nio.ByteBuffer;
import java.util.List;

/** What a server tells on a tracking line, in its order, on the client's I/O thread. */
interface TrackingEvents {

    /** Keys were written, taken away, or have expired. */
    void changed(List<ByteBuffer> keys);

    /** The server was emptied. */
    void emptied();

    /** The server answered on the line. */
    void answered();

    /** The line is broken, does not answer, or leads to a server that is no longer the one it was; told at least once. */
    void broken();
}
