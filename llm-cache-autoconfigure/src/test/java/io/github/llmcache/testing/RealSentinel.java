package io.github.llmcache.testing;

import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real master with a replica, and a Sentinel that promotes the replica half a second after the master was lost. */
public final class RealSentinel implements AutoCloseable {

    private static final String NAME = "answers";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final RealRedis master;
    private final RealRedis replica;
    private final int port;
    private final Process sentinel;

    private RealSentinel(RealRedis master, RealRedis replica, int port, Process sentinel) {
        this.master = master;
        this.replica = replica;
        this.port = port;
        this.sentinel = sentinel;
        Runtime.getRuntime().addShutdownHook(new Thread(sentinel::destroyForcibly));
    }

    /** Starts the three, and waits until the Sentinel knows the replica. */
    public static RealSentinel start() {
        RealRedis master = RealRedis.start("--repl-diskless-sync-delay", "0");
        RealRedis replica =
                RealRedis.start("--replicaof", "127.0.0.1 " + master.port(), "--repl-diskless-sync-delay", "0");
        try {
            int port = RealRedis.freePort();
            Path folder = Files.createTempDirectory("llm-cache-sentinel");
            Path settings = folder.resolve("sentinel.conf");
            Files.write(
                    settings,
                    List.of(
                            "port " + port,
                            "bind 127.0.0.1",
                            "dir " + folder,
                            "sentinel monitor " + NAME + " 127.0.0.1 " + master.port() + " 1",
                            "sentinel down-after-milliseconds " + NAME + " 500",
                            "sentinel failover-timeout " + NAME + " 3000"));
            Process process = new ProcessBuilder(RealRedis.executable(), settings.toString(), "--sentinel")
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("sentinel.log").toFile())
                    .start();
            RealSentinel started = new RealSentinel(master, replica, port, process);
            await().atMost(PATIENCE).until(() -> Files.readString(settings).contains("known-replica " + NAME));
            await().atMost(PATIENCE)
                    .until(() -> replica.commands().info("replication").contains("master_link_status:up"));
            return started;
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** The server that began as the master. */
    public RealRedis master() {
        return master;
    }

    /** The server that began as the replica. */
    public RealRedis replica() {
        return replica;
    }

    /** Waits until the replica has all that the master has. */
    public void awaitReplicated() {
        await().atMost(PATIENCE).until(() -> master.commands().waitForReplication(1, 1000) == 1);
    }

    /** Waits until the replica is the master. */
    public void awaitPromoted() {
        await().atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                // A replica closes the connections of its clients when it becomes the master.
                .ignoreExceptionsInstanceOf(RedisException.class)
                .until(() -> replica.commands().role().get(0).equals("master"));
    }

    /** The properties by which an application finds the servers, behind a Sentinel that is gone. */
    public String[] properties() {
        return new String[] {
            "spring.data.redis.sentinel.master=" + NAME,
            "spring.data.redis.sentinel.nodes=127.0.0.1:1,127.0.0.1:" + port
        };
    }

    @Override
    public void close() {
        sentinel.destroyForcibly();
        try {
            sentinel.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
        replica.close();
        master.close();
    }
}
