package io.github.llmcache.benchmarks;

import static io.github.llmcache.benchmarks.MeasuredApplication.ANSWER;
import static io.github.llmcache.benchmarks.MeasuredApplication.PROMPT;

import io.github.llmcache.annotation.CachedPrompt;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.IntegerOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Tells what answers of 1.5 kB take of Redis's memory in each layout, with all that the cache writes beside them: run it as
 * a program, with {@code REDIS_SERVER} for another server than the embedded one.
 */
public final class LayoutMemory {

    private LayoutMemory() {}

    /** The application that stores. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    public static class Application {

        @Bean
        Oracle oracle() {
            return new Oracle();
        }
    }

    /** A question whose answers are kept. */
    public static class Oracle {

        /** Answers. */
        @CachedPrompt(model = "benchmark")
        public String ask(String question) {
            return ANSWER;
        }
    }

    /**
     * Measures and prints.
     *
     * @param arguments none
     */
    public static void main(String[] arguments) throws IOException {
        for (int entries : List.of(1_000, 10_000)) {
            for (String layout : List.of("string", "hash")) {
                measure(layout, entries);
            }
        }
    }

    private static void measure(String layout, int entries) throws IOException {
        try (MeasuredApplication application = MeasuredApplication.start(
                Application.class,
                "llm-cache.layout=" + layout,
                "llm-cache.near.enabled=false",
                "llm-cache.stats.enabled=false",
                "llm-cache.redis.timeout=5s")) {
            RedisClient client = RedisClient.create(RedisURI.builder()
                    .withHost("127.0.0.1")
                    .withPort(application.redis().port())
                    .build());
            try (StatefulRedisConnection<String, String> connection = client.connect()) {
                RedisCommands<String, String> redis = connection.sync();
                Oracle oracle = application.bean(Oracle.class);
                // What the first answer takes besides itself, such as scripts, is no matter of the layout.
                application.awaitHit("redis", () -> oracle.ask(PROMPT));
                long before = used(redis);
                for (int i = 0; i < entries; i++) {
                    oracle.ask(PROMPT + i);
                }
                // Sent over the same connection after all stores.
                application.awaitHit("redis", () -> oracle.ask(PROMPT + (entries - 1)));
                long answers = 0;
                long bytes = 0;
                for (String key : redis.keys("*")) {
                    if (key.startsWith("prompt:") || key.startsWith("cache:")) {
                        answers += layout.equals("hash") ? redis.hlen(key) : 1;
                        bytes += usage(redis, key);
                    }
                }
                System.out.printf(
                        Locale.ROOT,
                        "redis %s, %s, %d entries: MEMORY USAGE %d bytes an entry, used_memory %d bytes an entry%n",
                        version(redis),
                        layout,
                        answers,
                        bytes / answers,
                        (used(redis) - before) / entries);
            } finally {
                client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
            }
        }
    }

    private static long usage(RedisCommands<String, String> redis, String key) {
        return redis.dispatch(
                CommandType.MEMORY,
                new IntegerOutput<>(StringCodec.UTF8),
                new CommandArgs<>(StringCodec.UTF8)
                        .add("USAGE")
                        .addKey(key)
                        .add("SAMPLES")
                        .add(0));
    }

    private static long used(RedisCommands<String, String> redis) {
        return Long.parseLong(line(redis.info("memory"), "used_memory:"));
    }

    private static String version(RedisCommands<String, String> redis) {
        return line(redis.info("server"), "redis_version:");
    }

    private static String line(String info, String name) {
        return info.lines()
                .filter(line -> line.startsWith(name))
                .findFirst()
                .orElseThrow()
                .substring(name.length());
    }
}
