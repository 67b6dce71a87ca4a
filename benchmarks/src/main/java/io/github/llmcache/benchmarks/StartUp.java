package io.github.llmcache.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** How much longer a web application takes to start with the starter than with Boot's own starters alone. */
final class StartUp implements Measurement {

    private static final double GOAL_MILLIS = 150;

    @Override
    public List<Figure> measure(Effort effort) throws Exception {
        List<Figure> figures = new ArrayList<>();
        try (LocalRedis redis = LocalRedis.start()) {
            for (boolean caffeine : new boolean[] {true, false}) {
                figures.add(added(redis, caffeine, effort.starts()));
            }
        }
        return figures;
    }

    private static Figure added(LocalRedis redis, boolean caffeine, int starts) throws Exception {
        // The first of each fills the system's file cache and does not count.
        start(redis, false, caffeine);
        start(redis, true, caffeine);
        List<Long> without = new ArrayList<>();
        List<Long> with = new ArrayList<>();
        for (int i = 0; i < starts; i++) {
            without.add(start(redis, false, caffeine));
            with.add(start(redis, true, caffeine));
        }
        double before = Times.of(without).medianMillis();
        double after = Times.of(with).medianMillis();
        return Figure.of(
                "start-up, added by the starter, " + (caffeine ? "with" : "without") + " the near tier",
                String.format(Locale.ROOT, "< %.0f ms", GOAL_MILLIS),
                String.format(
                        Locale.ROOT,
                        "%.0f ms (%.0f instead of %.0f, medians of %d starts each)",
                        after - before,
                        after,
                        before,
                        starts),
                after - before < GOAL_MILLIS);
    }

    /** From the start of the process until the application is ready, in nanoseconds. */
    private static long start(LocalRedis redis, boolean starter, boolean caffeine)
            throws IOException, InterruptedException {
        List<String> properties = Stream.of(
                        redis.properties().stream(),
                        MeasuredApplication.quiet(),
                        Stream.of("spring.cache.type=redis", "server.port=0"))
                .flatMap(all -> all)
                .toList();
        String classPath = ClassPaths.application(starter, caffeine);
        long began = System.nanoTime();
        try (ChildJvm child = ChildJvm.start(List.of(), classPath, StartedApplication.class, properties)) {
            child.await("READY");
            return System.nanoTime() - began;
        }
    }
}
