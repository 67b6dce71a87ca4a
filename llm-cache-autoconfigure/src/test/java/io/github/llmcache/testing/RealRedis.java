package io.github.llmcache.testing;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import redis.embedded.RedisExecProvider;

/**
 * A real Redis server on a free port of the loopback interface, which a test may kill, pause and start again.
 *
 * <p>The server is the embedded binary, or the one that the environment variable {@code REDIS_SERVER} names.
 */
public final class RealRedis implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static @Nullable RealRedis shared;
    private static @Nullable String executable;

    private final int port;
    private final Path folder;
    private final List<String> options;
    private final RedisClient client;
    private @Nullable Process process;
    private @Nullable StatefulRedisConnection<String, String> connection;

    private RealRedis(List<String> options) throws IOException {
        this.port = freePort();
        this.folder = Files.createTempDirectory("llm-cache-redis");
        this.options = options;
        this.client = RedisClient.create(RedisURI.builder()
                .withHost("127.0.0.1")
                .withPort(port)
                .withTimeout(Duration.ofSeconds(10))
                .build());
        Runtime.getRuntime().addShutdownHook(new Thread(this::kill));
    }

    /** Starts a server of the test's own, with more options for its command line. */
    public static RealRedis start(String... options) {
        try {
            RealRedis redis = new RealRedis(Arrays.asList(options));
            redis.launch();
            return redis;
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** A server with a port of its own that is not running yet. */
    public static RealRedis notStarted() {
        try {
            return new RealRedis(List.of());
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** The server that all tests of this JVM share, emptied. */
    public static synchronized RealRedis shared() {
        if (shared == null) {
            shared = start();
        }
        shared.commands().flushall();
        return shared;
    }

    public int port() {
        return port;
    }

    /** The properties by which an application finds the server. */
    public String[] properties() {
        return new String[] {"spring.data.redis.host=127.0.0.1", "spring.data.redis.port=" + port};
    }

    /** A connection of the test's own. */
    public RedisCommands<String, String> commands() {
        if (connection == null) {
            connection = client.connect();
        }
        return connection.sync();
    }

    /** The keys of all answers, without what the cache keeps beside them. */
    public List<String> answers() {
        return commands().keys("*").stream()
                .filter(key -> !key.contains("llm-cache:"))
                .toList();
    }

    /** Starts the server, empty, on the same port as before. */
    public void launch() throws IOException {
        List<String> command = new ArrayList<>(List.of(
                executable(),
                "--port",
                Integer.toString(port),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--appendonly",
                "no",
                "--dir",
                folder.toString()));
        command.addAll(options);
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("redis.log").toFile())
                .start();
        awaitPort();
    }

    /** Kills the server as {@code kill -9} does. */
    public void kill() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly();
            try {
                running.waitFor(10, TimeUnit.SECONDS);
            } catch (InterruptedException ex) {
                Thread.currentThread().interrupt();
            }
            process = null;
        }
    }

    /** Stops the server's process in its tracks: it accepts connections but answers nothing. */
    public void pause() {
        signal("STOP");
    }

    /** Lets a paused server go on. */
    public void resume() {
        signal("CONT");
    }

    @Override
    public void close() {
        if (process != null) {
            signal("CONT");
        }
        if (connection != null) {
            connection.close();
        }
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        kill();
    }

    private void signal(String name) {
        Process running = process;
        if (running == null) {
            throw new IllegalStateException("The server does not run");
        }
        try {
            // A server that is started through a shell script has replaced the script, so its number is the server's.
            new ProcessBuilder("kill", "-" + name, Long.toString(running.pid()))
                    .start()
                    .waitFor();
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitPort() throws IOException {
        Instant end = Instant.now().plus(PATIENCE);
        while (true) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
                socket.setSoTimeout(2000);
                socket.getOutputStream().write("PING\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                if (socket.getInputStream().read() == '+') {
                    return;
                }
            } catch (IOException ex) {
                Process running = process;
                if (Instant.now().isAfter(end) || running == null || !running.isAlive()) {
                    throw new IOException("Redis did not start: " + Files.readString(folder.resolve("redis.log")), ex);
                }
                Thread.onSpinWait();
            }
        }
    }

    static synchronized String executable() throws IOException {
        if (executable == null) {
            String named = System.getenv("REDIS_SERVER");
            executable = named != null && !named.isBlank()
                    ? named
                    : RedisExecProvider.defaultProvider().get().getAbsolutePath();
        }
        return executable;
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
