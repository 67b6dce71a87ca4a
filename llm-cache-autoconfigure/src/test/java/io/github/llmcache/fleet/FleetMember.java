package io.github.llmcache.fleet;

import io.github.llmcache.annotation.CachedPrompt;
import io.github.llmcache.usage.UsageLimitExceededException;
import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** An application in a JVM of its own, which does what it reads and says what came of it, a line each. */
public final class FleetMember {

    private FleetMember() {}

    public static void main(String[] arguments) throws Exception {
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
                        .web(WebApplicationType.NONE)
                        .run(arguments);
                BufferedReader commands =
                        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            say("READY");
            for (String command = commands.readLine(); command != null; command = commands.readLine()) {
                run(context, command.split(" "));
            }
        }
        System.exit(0);
    }

    private static void run(ConfigurableApplicationContext context, String[] command) throws Exception {
        switch (command[0]) {
            case "ask" -> say("ANSWERS " + ask(context.getBean(Model.class), Integer.parseInt(command[1]), command[2]));
            case "spend" ->
                say("SPENT " + spend(context.getBean(Model.class), Integer.parseInt(command[1]), command[2]));
            case "loads" -> say("LOADS " + loads(context.getBean(MeterRegistry.class)));
            default -> throw new IllegalArgumentException(command[0]);
        }
    }

    private static String ask(Model model, int callers, String question) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(callers);
        CountDownLatch together = new CountDownLatch(callers);
        List<Future<String>> answers = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            Callable<String> call = () -> {
                together.countDown();
                together.await();
                return model.ask(question);
            };
            answers.add(executor.submit(call));
        }
        List<String> distinct = new ArrayList<>();
        for (Future<String> answer : answers) {
            String text = answer.get();
            if (!distinct.contains(text)) {
                distinct.add(text);
            }
        }
        executor.shutdown();
        return answers.size() + " " + distinct;
    }

    /** Asks so many different questions together, and tells how many were answered. */
    private static int spend(Model model, int calls, String question) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(50);
        List<Future<String>> answers = new ArrayList<>();
        for (int i = 0; i < calls; i++) {
            String mine = question + i;
            answers.add(executor.submit(() -> model.spend(mine)));
        }
        int answered = 0;
        for (Future<String> answer : answers) {
            try {
                answer.get();
                answered++;
            } catch (ExecutionException ex) {
                if (!(ex.getCause() instanceof UsageLimitExceededException)) {
                    throw ex;
                }
            }
        }
        executor.shutdown();
        return answered;
    }

    private static long loads(MeterRegistry registry) {
        return registry.find("llm.cache.load").timers().stream()
                .mapToLong(Timer::count)
                .sum();
    }

    static void say(String line) {
        System.out.println("> " + line);
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {

        @Bean
        Model model(@org.springframework.beans.factory.annotation.Value("${spring.data.redis.port}") int port) {
            return new Model(port);
        }
    }

    /** A model that answers when it is let go, by a value in a list. */
    public static class Model {

        private final RedisClient client;

        Model(int port) {
            client = RedisClient.create(RedisURI.create("127.0.0.1", port));
        }

        @CachedPrompt(model = "demo", usageSubject = "'ada'")
        public String spend(String question) {
            return "answer";
        }

        @CachedPrompt(model = "demo")
        public String ask(String question) throws IOException {
            say("ASKED");
            try (StatefulRedisConnection<String, String> redis = client.connect()) {
                @Nullable KeyValue<String, String> let = redis.sync().blpop(30, "gate");
                if (let == null) {
                    throw new IOException("nobody let it go");
                }
                return question + " answered by " + ProcessHandle.current().pid();
            }
        }
    }
}
