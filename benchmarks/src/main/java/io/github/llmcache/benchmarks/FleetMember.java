package io.github.llmcache.benchmarks;

import io.github.llmcache.annotation.CachedPrompt;
import io.github.llmcache.engine.PromptCallObserver;
import io.github.llmcache.operations.PromptCacheOperations;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * An application in a JVM of its own, which does what it reads and says what came of it, a line each.
 *
 * <p>Moments are told as {@link System#nanoTime()}, which is the same clock for all JVMs of a Linux machine.
 */
public final class FleetMember {

    private static final long POLL_NANOS = TimeUnit.MICROSECONDS.toNanos(250);
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Oracle oracle;
    private final PromptCallObserver observer;
    private final PromptCacheOperations operations;

    private FleetMember(ConfigurableApplicationContext context) {
        this.oracle = context.getBean(Oracle.class);
        this.observer = context.getBean(PromptCallObserver.class);
        this.operations = context.getBean(PromptCacheOperations.class);
    }

    /**
     * Starts the application and reads what to do.
     *
     * @param arguments its properties
     */
    public static void main(String[] arguments) throws Exception {
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
                        .web(WebApplicationType.NONE)
                        .run(arguments);
                BufferedReader commands =
                        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            FleetMember member = new FleetMember(context);
            say("READY");
            for (String command = commands.readLine(); command != null; command = commands.readLine()) {
                member.run(command.split(" "));
            }
        }
        System.exit(0);
    }

    private void run(String[] command) throws Exception {
        long number = Long.parseLong(command[1]);
        String prompt = MeasuredApplication.prompt(number);
        switch (command[0]) {
            case "ask" -> {
                oracle.begin(Integer.parseInt(command[3]));
                ask(prompt, Integer.parseInt(command[2]), Long.parseLong(command[4]));
            }
            case "watch" -> watch(prompt);
            case "evict" -> {
                long began = System.nanoTime();
                operations.evict(() -> oracle.draw(prompt));
                say("CHANGED " + began);
            }
            case "put" -> {
                long began = System.nanoTime();
                operations.put(() -> oracle.draw(prompt), "put by hand");
                say("CHANGED " + began);
            }
            default -> throw new IllegalArgumentException(command[0]);
        }
    }

    /** Asks so often at once, and tells when each caller had the answer. */
    private void ask(String prompt, int callers, long at) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(callers);
        // Nobody is woken for each answer but its caller.
        CountDownLatch left = new CountDownLatch(callers);
        long[] answered = new long[callers];
        List<Future<String>> answers = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            int caller = i;
            answers.add(executor.submit(() -> {
                for (long early = at - System.nanoTime(); early > 0; early = at - System.nanoTime()) {
                    LockSupport.parkNanos(early);
                }
                try {
                    String answer = oracle.ask(prompt);
                    answered[caller] = System.nanoTime();
                    return answer;
                } finally {
                    left.countDown();
                }
            }));
        }
        left.await();
        TreeSet<String> distinct = new TreeSet<>();
        for (Future<String> answer : answers) {
            distinct.add(answer.get());
        }
        executor.shutdown();
        String authors = distinct.stream()
                .map(answer -> answer.substring(answer.lastIndexOf(' ') + 1))
                .collect(Collectors.joining(","));
        String moments = Arrays.stream(answered).mapToObj(Long::toString).collect(Collectors.joining(","));
        say("ANSWERED " + oracle.asked() + " " + oracle.answeredAt() + " " + authors + " " + moments);
    }

    /** Asks until the answer comes from memory, then until it is another one, and tells since when. */
    private void watch(String prompt) throws Exception {
        MeasuredApplication.awaitHit(observer, "near", () -> oracle.draw(prompt));
        var before = observer.observe(() -> oracle.draw(prompt));
        say("WATCHING " + before.last().orElseThrow().digest());
        long end = System.nanoTime() + PATIENCE_NANOS;
        long began = System.nanoTime();
        while (oracle.draw(prompt).equals(before.value())) {
            if (began - end > 0) {
                throw new IllegalStateException("The answer stays what it was");
            }
            LockSupport.parkNanos(POLL_NANOS);
            began = System.nanoTime();
        }
        say("SAW " + began);
    }

    private static void say(String line) {
        System.out.println("> " + line);
    }

    /** The application. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    public static class Application {

        @Bean
        Oracle oracle() {
            return new Oracle();
        }
    }

    /** A model. */
    public static class Oracle {

        private final AtomicInteger asked = new AtomicInteger();
        private volatile int millis;
        private volatile long answeredAt;

        /** Begins to count anew, and answers after so long from now on. */
        void begin(int slowness) {
            asked.set(0);
            millis = slowness;
        }

        /** How often it was asked. */
        int asked() {
            return asked.get();
        }

        /** When it answered last. */
        long answeredAt() {
            return answeredAt;
        }

        /** Answers after a while. */
        @CachedPrompt(cacheName = "slow", model = "benchmark")
        public String ask(String question) throws InterruptedException {
            asked.incrementAndGet();
            Thread.sleep(millis);
            String answer =
                    MeasuredApplication.ANSWER + "by " + ProcessHandle.current().pid();
            answeredAt = System.nanoTime();
            return answer;
        }

        /** Answers at once, and each time otherwise. */
        @CachedPrompt(cacheName = "fast", model = "benchmark")
        public String draw(String question) {
            return MeasuredApplication.ANSWER + "number " + asked.incrementAndGet() + " by "
                    + ProcessHandle.current().pid();
        }
    }
}
