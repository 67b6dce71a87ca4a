package io.github.llmcache.benchmarks;

import io.github.llmcache.engine.PromptCallObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import redis.embedded.RedisExecProvider;
import redis.embedded.RedisServer;
import redis.embedded.util.OS;

/** An application that is measured, with a Redis server of its own on the loopback interface. */
final class MeasuredApplication implements AutoCloseable {

    /** A prompt of 200 characters. */
    static final String PROMPT = "Explain to a new colleague what a transformer is. ".repeat(4);

    /** An answer of 1.5 kB. */
    static final String ANSWER = "A transformer is a model that attends to its input. ".repeat(29);

    private final RedisServer server;
    private final ConfigurableApplicationContext context;
    private final int port;

    private MeasuredApplication(RedisServer server, ConfigurableApplicationContext context, int port) {
        this.server = server;
        this.context = context;
        this.port = port;
    }

    static MeasuredApplication start(Class<?> application, String... properties) throws IOException {
        int port = freePort();
        RedisServer server = RedisServer.builder()
                .redisExecProvider(executable())
                .port(port)
                .setting("bind 127.0.0.1")
                .setting("save \"\"")
                .build();
        server.start();
        String[] all = Stream.concat(
                        Stream.of(
                                "spring.data.redis.host=127.0.0.1",
                                "spring.data.redis.port=" + port,
                                "logging.level.root=warn",
                                "spring.main.banner-mode=off"),
                        Arrays.stream(properties))
                .toArray(String[]::new);
        return new MeasuredApplication(
                server,
                new SpringApplicationBuilder(application)
                        .web(WebApplicationType.NONE)
                        .properties(all)
                        .run(),
                port);
    }

    /** The embedded binary, or what the environment variable {@code REDIS_SERVER} names. */
    private static RedisExecProvider executable() {
        RedisExecProvider provider = RedisExecProvider.defaultProvider();
        String named = System.getenv("REDIS_SERVER");
        return named == null || named.isBlank() ? provider : provider.override(OS.UNIX, named);
    }

    int port() {
        return port;
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    /** Calls until a tier answers: the memory is filled by a read, and only once Redis tells what changes. */
    void awaitHit(String tier, Callable<?> call) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (System.nanoTime() - end < 0) {
            try {
                if (bean(PromptCallObserver.class)
                        .observe(call)
                        .last()
                        .filter(answered -> tier.equals(answered.tier()))
                        .isPresent()) {
                    return;
                }
            } catch (Exception ex) {
                throw new IllegalStateException(ex);
            }
        }
        throw new IllegalStateException("The answer did not come from " + tier);
    }

    @Override
    public void close() throws IOException {
        context.close();
        server.stop();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
