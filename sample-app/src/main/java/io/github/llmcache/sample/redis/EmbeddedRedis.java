package io.github.llmcache.sample.redis;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import redis.embedded.RedisExecProvider;
import redis.embedded.RedisServer;
import redis.embedded.exceptions.EmbeddedRedisException;
import redis.embedded.exceptions.RedisBuildingException;

/** A real Redis server of the sample's own, which forgets everything when it stops. */
public final class EmbeddedRedis implements AutoCloseable {

    /** Where it listens. */
    static final String HOST = "127.0.0.1";

    private final RedisServer server;
    private final int port;

    private EmbeddedRedis(RedisServer server, int port) {
        this.server = server;
        this.port = port;
    }

    /**
     * Starts a server on a free port of the loopback interface.
     *
     * @return the server, ready for connections
     * @throws EmbeddedRedisUnavailableException if there is no binary for this machine, or it does not start
     */
    public static EmbeddedRedis start() {
        return start(RedisExecProvider.defaultProvider());
    }

    static EmbeddedRedis start(RedisExecProvider binaries) {
        try {
            int port = freePort();
            RedisServer server = RedisServer.builder()
                    .redisExecProvider(binaries)
                    .bind(HOST)
                    .port(port)
                    .setting("save \"\"")
                    .setting("appendonly no")
                    .setting("maxmemory 64mb")
                    .setting("maxmemory-policy volatile-ttl")
                    .build();
            server.start();
            return new EmbeddedRedis(server, port);
        } catch (RedisBuildingException | EmbeddedRedisException | IOException ex) {
            throw new EmbeddedRedisUnavailableException(ex);
        }
    }

    /** Its port. */
    public int port() {
        return port;
    }

    @Override
    public void close() {
        server.stop();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
