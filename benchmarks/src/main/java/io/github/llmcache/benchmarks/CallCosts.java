package io.github.llmcache.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What JMH measures, and what it is to be. */
final class CallCosts {

    private static final String OURS = "cachedPrompt";
    private static final String PEER = "cacheable";
    private static final String RAW = "rawLettuce";

    private CallCosts() {}

    static List<Figure> nearHit(Effort effort) throws Exception {
        JmhRounds rounds = JmhRounds.of(NearHitBenchmark.class, effort);
        List<Figure> figures = new ArrayList<>();
        figures.add(Figure.of(
                "near hit: @CachedPrompt / @Cacheable on Caffeine, time",
                "at most 1.0",
                rounds.shownRatio(OURS, PEER),
                rounds.ratio(OURS, PEER) <= 1));
        double ours = rounds.allocated(OURS);
        double theirs = rounds.allocated(PEER);
        figures.add(Figure.of(
                "near hit: @CachedPrompt / @Cacheable on Caffeine, allocation",
                "no more",
                String.format(Locale.ROOT, "%.0f / %.0f bytes a call", ours, theirs),
                Math.round(ours) <= Math.round(theirs)));
        figures.addAll(rounds.each("near hit"));
        return figures;
    }

    static List<Figure> redisHit(Effort effort) throws Exception {
        JmhRounds rounds = JmhRounds.of(RedisHitBenchmark.class, effort, 4 * effort.iterations());
        List<Figure> figures = new ArrayList<>();
        figures.add(Figure.of(
                "Redis hit, one thread: @CachedPrompt / GET of the same bytes by Lettuce, time",
                "at most 1.05",
                rounds.shownRatio(OURS, RAW),
                rounds.ratio(OURS, RAW) <= 1.05));
        figures.add(Figure.beside(
                "Redis hit, one thread: @CachedPrompt / GET by Lettuce, medians of the single calls",
                String.format(Locale.ROOT, "%.2f", rounds.percentileRatio(OURS, RAW, 50))));
        figures.addAll(rounds.each("Redis hit, one thread"));
        return figures;
    }

    static List<Figure> throughput(Effort effort) throws Exception {
        // The compiler, beside so many threads, takes longer until all is compiled.
        JmhRounds rounds = JmhRounds.of(RedisThroughputBenchmark.class, effort, 4 * effort.iterations());
        List<Figure> figures = new ArrayList<>();
        figures.add(Figure.of(
                "Redis hits, 32 threads: @CachedPrompt / GET of the same bytes by Lettuce, throughput",
                "at least 0.85",
                rounds.shownRatio(OURS, RAW),
                rounds.ratio(OURS, RAW) >= 0.85));
        figures.add(Figure.beside(
                "Redis hits, 32 threads that ask apart: @CachedPrompt / GET by Lettuce, throughput",
                rounds.shownRatio(OURS + "Apart", RAW + "Apart")));
        figures.addAll(rounds.each("Redis hits, 32 threads"));
        return figures;
    }

    static List<Figure> miss(Effort effort) throws Exception {
        JmhRounds rounds = JmhRounds.of(MissBenchmark.class, effort);
        List<Figure> figures = new ArrayList<>();
        double own = rounds.score(OURS) - rounds.score("model");
        figures.add(Figure.of(
                "miss: what it adds to the model's call",
                "under 1 ms",
                String.format(
                        Locale.ROOT,
                        "%.2f ms on average, 99 %% within %.2f ms",
                        own / 1000,
                        rounds.percentile(OURS, 99) / 1000),
                own < 1000));
        figures.addAll(rounds.each("miss"));
        return figures;
    }

    static List<Figure> models(Effort effort) throws Exception {
        return JmhRounds.of(ModelHitBenchmark.class, effort).each("hit at a model");
    }
}
