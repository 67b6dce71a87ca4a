package io.github.llmcache.near;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.llmcache.annotation.CachedPrompt;
import io.github.llmcache.engine.PromptCallObserver;
import io.github.llmcache.testing.RealRedis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class OutageUnderLoadTests {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Test
    void a_server_that_freezes_dies_and_comes_back_under_load_fails_no_call_and_hits_come_back() throws Exception {
        try (RealRedis redis = RealRedis.start()) {
            TwoTiers.on(redis)
                    .withBean(Oracle.class)
                    .withPropertyValues("llm-cache.redis.timeout=250ms")
                    .run(context -> {
                        Oracle oracle = context.getBean(Oracle.class);
                        PromptCallObserver observer = context.getBean(PromptCallObserver.class);
                        awaitNear(observer, oracle);
                        AtomicBoolean over = new AtomicBoolean();
                        AtomicLong asked = new AtomicLong();
                        Queue<Object> wrong = new ConcurrentLinkedQueue<>();
                        List<Thread> callers = new ArrayList<>();
                        for (int i = 0; i < 8; i++) {
                            callers.add(new Thread(() -> ask(oracle, over, asked, wrong)));
                        }
                        callers.forEach(Thread::start);

                        awaitMore(asked);
                        redis.pause();
                        awaitMore(asked);
                        redis.resume();
                        redis.kill();
                        awaitMore(asked);
                        redis.launch();
                        awaitMore(asked);
                        awaitNear(observer, oracle);

                        over.set(true);
                        for (Thread caller : callers) {
                            caller.join(PATIENCE.toMillis());
                            assertThat(caller.isAlive()).isFalse();
                        }
                        assertThat(wrong).isEmpty();
                    });
        }
    }

    private static void ask(Oracle oracle, AtomicBoolean over, AtomicLong asked, Queue<Object> wrong) {
        while (!over.get()) {
            String question = "Why " + ThreadLocalRandom.current().nextInt(50) + "?";
            try {
                String answer = oracle.ask(question);
                if (!answer.equals("Because of " + question)) {
                    wrong.add(answer);
                }
            } catch (RuntimeException failure) {
                wrong.add(failure);
            }
            asked.incrementAndGet();
        }
    }

    private static void awaitMore(AtomicLong asked) {
        long before = asked.get();
        await().atMost(PATIENCE).until(() -> asked.get() > before + 500);
    }

    private static void awaitNear(PromptCallObserver observer, Oracle oracle) {
        await().atMost(PATIENCE).until(() -> observer.observe(() -> oracle.ask("Why 0?"))
                .last()
                .filter(call -> "near".equals(call.tier()))
                .isPresent());
    }

    static class Oracle {

        @CachedPrompt
        public String ask(String question) {
            return "Because of " + question;
        }
    }
}
