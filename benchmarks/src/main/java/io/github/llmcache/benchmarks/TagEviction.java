package io.github.llmcache.benchmarks;

import io.github.llmcache.annotation.CachedPrompt;
import io.github.llmcache.operations.PromptCacheOperations;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** How long it takes to evict the ten answers of a tag, in a small and in a large cache, by turns. */
final class TagEviction implements Measurement {

    private static final double GOAL = 1.5;
    private static final int OF_A_TAG = 10;
    private static final int FILLERS = 64;

    @Override
    public List<Figure> measure(Effort effort) throws Exception {
        int few = effort.entries() / 1000;
        try (Cache small = new Cache(few);
                Cache large = new Cache(effort.entries())) {
            small.fill();
            long began = System.nanoTime();
            large.fill();
            System.out.printf(
                    Locale.ROOT,
                    "%d entries were stored in %.0f s%n",
                    effort.entries(),
                    (System.nanoTime() - began) / 1e9);
            List<Long> inSmall = new ArrayList<>();
            List<Long> inLarge = new ArrayList<>();
            // As many again come before, to warm up.
            for (int i = 0; i < 2 * effort.evictions(); i++) {
                long shorter = small.evict(i);
                long longer = large.evict(i);
                if (i >= effort.evictions()) {
                    inSmall.add(shorter);
                    inLarge.add(longer);
                }
            }
            Times shorter = Times.of(inSmall);
            Times longer = Times.of(inLarge);
            double ratio = longer.medianMillis() / shorter.medianMillis();
            return List.of(Figure.of(
                    String.format(
                            Locale.ROOT,
                            "eviction of a tag of %d entries, in a cache of %,d / of %,d",
                            OF_A_TAG,
                            effort.entries(),
                            few),
                    "at most " + GOAL,
                    String.format(
                            Locale.ROOT,
                            "%.2f (medians %.3f / %.3f ms, means %.3f / %.3f ms)",
                            ratio,
                            longer.medianMillis(),
                            shorter.medianMillis(),
                            longer.meanMillis(),
                            shorter.meanMillis()),
                    ratio <= GOAL));
        }
    }

    /** A cache in a Redis of its own. */
    private static final class Cache implements AutoCloseable {

        private final int entries;
        private final MeasuredApplication application;
        private final Oracle oracle;
        private final PromptCacheOperations operations;

        Cache(int entries) {
            this.entries = entries;
            this.application = MeasuredApplication.start(
                    Application.class,
                    "spring.cache.type=none",
                    "llm-cache.near.enabled=false",
                    "llm-cache.ttl=6h",
                    "llm-cache.redis.timeout=10s");
            this.oracle = application.bean(Oracle.class);
            this.operations = application.bean(PromptCacheOperations.class);
        }

        /** Stores the entries, by many callers at once, so that commands share round trips. */
        void fill() throws Exception {
            ExecutorService executor = Executors.newFixedThreadPool(FILLERS);
            List<Future<?>> parts = new ArrayList<>();
            for (int i = 0; i < FILLERS; i++) {
                int first = i;
                parts.add(executor.submit(() -> {
                    for (int entry = first; entry < entries; entry += FILLERS) {
                        store(entry / OF_A_TAG, entry % OF_A_TAG);
                    }
                }));
            }
            for (Future<?> part : parts) {
                part.get();
            }
            executor.shutdown();
        }

        /** Evicts a tag, and stores its entries again. */
        long evict(int turn) {
            // Far from each other, and each once before any comes again.
            int tag = (int) (turn * 7919L % (entries / OF_A_TAG));
            long began = System.nanoTime();
            long evicted = operations.evictByTag("tagged", "document-" + tag);
            long took = System.nanoTime() - began;
            if (evicted != OF_A_TAG) {
                throw new IllegalStateException(evicted + " entries of the tag instead of " + OF_A_TAG);
            }
            for (int i = 0; i < OF_A_TAG; i++) {
                store(tag, i);
            }
            return took;
        }

        private void store(int document, int part) {
            if (!operations.put(() -> oracle.ask(document, part), "answer")) {
                throw new IllegalStateException("An answer was not stored");
            }
        }

        @Override
        public void close() {
            application.close();
        }
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

    /** Answers from documents. */
    public static class Oracle {

        /** Asks for a part of a document. */
        @CachedPrompt(cacheName = "tagged", model = "benchmark", tags = "document-#{#document}")
        public String ask(int document, int part) {
            return "answer";
        }
    }
}
