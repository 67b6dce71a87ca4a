package io.github.llmcache.benchmarks;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import redis.embedded.RedisExecProvider;

/**
 * A Redis server on a free port of the loopback interface, which keeps nothing on disk.
 *
 * <p>The server is the embedded binary, or the one that the environment variable {@code REDIS_SERVER} names.
 */
final class LocalRedis implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final int port;
    private final Path folder;
    private final Process process;
    private final Thread hook;

    private LocalRedis(int port, Path folder, Process process) {
        this.port = port;
        this.folder = folder;
        this.process = process;
        this.hook = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(hook);
    }

    static LocalRedis start() {
        try {
            int port = freePort();
            Path folder = Files.createTempDirectory("llm-cache-benchmarks");
            List<String> command = new ArrayList<>(List.of(executable(), "--port", Integer.toString(port)));
            command.addAll(List.of("--bind", "127.0.0.1", "--save", "", "--dir", folder.toString()));
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            LocalRedis redis = new LocalRedis(port, folder, process);
            redis.awaitAnswer();
            return redis;
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** The version of the server that is started. */
    static String version() {
        try {
            Process process = new ProcessBuilder(executable(), "--version").start();
            try (InputStream out = process.getInputStream()) {
                String line = new String(out.readAllBytes(), StandardCharsets.UTF_8);
                String name = line.startsWith("Valkey") ? "Valkey " : "Redis ";
                return name + line.replaceFirst("(?s).*v=(\\S+).*", "$1");
            }
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    int port() {
        return port;
    }

    RedisClient client() {
        return RedisClient.create(RedisURI.create("127.0.0.1", port));
    }

    /** What an application has to be told. */
    List<String> properties() {
        return List.of("spring.data.redis.host=127.0.0.1", "spring.data.redis.port=" + port);
    }

    private static String executable() throws IOException {
        String named = System.getenv("REDIS_SERVER");
        return named != null && !named.isBlank()
                ? named
                : RedisExecProvider.defaultProvider().get().getAbsolutePath();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void awaitAnswer() {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() - end < 0 && process.isAlive()) {
            if (isListening()) {
                RedisClient client = client();
                try (StatefulRedisConnection<String, String> connection = client.connect()) {
                    connection.sync().ping();
                    return;
                } finally {
                    client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
                }
            }
        }
        close();
        throw new IllegalStateException("The Redis server does not answer");
    }

    private boolean isListening() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 100);
            return true;
        } catch (IOException ex) {
            return false;
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
            Runtime.getRuntime().removeShutdownHook(hook);
            Files.deleteIfExists(folder);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        } catch (IOException | IllegalStateException ex) {
            // The folder stays, or the JVM ends already.
        }
    }
}
