package io.github.llmcache.benchmarks;

import io.github.llmcache.engine.PromptCallObserver;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** An application that is measured, with a Redis server of its own on the loopback interface. */
final class MeasuredApplication implements AutoCloseable {

    /** A prompt of 200 characters. */
    static final String PROMPT = "Explain to a new colleague what a transformer is. ".repeat(4);

    /** An answer of 1.5 kB. */
    static final String ANSWER = "A transformer is a model that attends to its input. ".repeat(29);

    private final LocalRedis redis;
    private final ConfigurableApplicationContext context;

    private MeasuredApplication(LocalRedis redis, ConfigurableApplicationContext context) {
        this.redis = redis;
        this.context = context;
    }

    static MeasuredApplication start(Class<?> application, String... properties) {
        LocalRedis redis = LocalRedis.start();
        try {
            return new MeasuredApplication(
                    redis,
                    new SpringApplicationBuilder(application)
                            .web(WebApplicationType.NONE)
                            .properties(Stream.of(redis.properties().stream(), quiet(), Arrays.stream(properties))
                                    .flatMap(all -> all)
                                    .toArray(String[]::new))
                            .run());
        } catch (RuntimeException ex) {
            redis.close();
            throw ex;
        }
    }

    /** Settings of all applications that are measured. */
    static Stream<String> quiet() {
        return Stream.of("logging.level.root=warn", "spring.main.banner-mode=off");
    }

    /** A prompt of 200 characters that no other number has. */
    static String prompt(long number) {
        String start = number + ". ";
        return start + PROMPT.substring(start.length());
    }

    LocalRedis redis() {
        return redis;
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    /** Calls until a tier answers: the memory is filled by a read, and only once Redis tells what changes. */
    void awaitHit(String tier, Callable<?> call) {
        awaitHit(context.getBean(PromptCallObserver.class), tier, call);
    }

    static void awaitHit(PromptCallObserver observer, String tier, Callable<?> call) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (System.nanoTime() - end < 0) {
            try {
                if (observer.observe(call)
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
    public void close() {
        context.close();
        redis.close();
    }
}
