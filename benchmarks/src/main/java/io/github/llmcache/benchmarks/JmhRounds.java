package io.github.llmcache.benchmarks;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs a JMH benchmark in rounds. In each of them every method has a new JVM, one after the other, so that what slows the
 * machine down for a while slows down all of them; ratios are taken within a round.
 */
final class JmhRounds {

    /** Bytes that a call allocates. */
    private static final String ALLOCATED = "gc.alloc.rate.norm";

    private final List<Map<String, RunResult>> rounds = new ArrayList<>();

    private JmhRounds() {}

    static JmhRounds of(Class<?> benchmark, Effort effort) throws RunnerException {
        return of(benchmark, effort, effort.iterations());
    }

    /** As many iterations of warm-up as the benchmark needs until it is no longer getting faster. */
    static JmhRounds of(Class<?> benchmark, Effort effort, int warmUps) throws RunnerException {
        JmhRounds all = new JmhRounds();
        for (int i = 0; i < effort.forks(); i++) {
            all.add(new Runner(new OptionsBuilder()
                            .include("^" + benchmark.getName().replace(".", "\\.") + "\\.")
                            .forks(1)
                            .warmupIterations(warmUps)
                            .measurementIterations(effort.iterations())
                            .addProfiler(GCProfiler.class)
                            .addProfiler(CpuProfiler.class)
                            .shouldFailOnError(true)
                            .verbosity(VerboseMode.SILENT)
                            .build())
                    .run());
        }
        return all;
    }

    private void add(Collection<RunResult> results) {
        Map<String, RunResult> round = new TreeMap<>();
        for (RunResult result : results) {
            String name = result.getParams().getBenchmark();
            String parameters = result.getParams().getParamsKeys().stream()
                    .map(key -> " " + result.getParams().getParam(key))
                    .collect(Collectors.joining());
            round.put(name.substring(name.lastIndexOf('.') + 1) + parameters, result);
        }
        rounds.add(round);
        System.out.println("round " + rounds.size() + ": "
                + round.keySet().stream()
                        .map(method -> method + " " + shown(score(round, method)))
                        .collect(Collectors.joining(", ")));
    }

    /** The methods that were run. */
    Collection<String> methods() {
        return rounds.get(0).keySet();
    }

    /** The median of a method's scores. */
    double score(String method) {
        return median(rounds.stream().map(round -> score(round, method)).toList());
    }

    /** The median of the times that such a part of all calls does not exceed. */
    double percentile(String method, double percent) {
        return median(
                rounds.stream().map(round -> percentile(round, method, percent)).toList());
    }

    /** How many bytes a call allocates. */
    double allocated(String method) {
        return beside(method, ALLOCATED);
    }

    /** How many microseconds a call keeps a processor busy, those of the compiler and of the garbage collector included. */
    double processorMicros(String method) {
        return beside(method, CpuProfiler.MICROS);
    }

    private double beside(String method, String what) {
        return median(rounds.stream()
                .map(round -> {
                    Result<?> result = of(round, method).getSecondaryResults().get(what);
                    return result == null ? Double.NaN : result.getScore();
                })
                .toList());
    }

    /** The median of the ratios within the rounds. */
    double ratio(String method, String other) {
        return median(ratios(method, other));
    }

    /** That median, and between what the ratios were. */
    String shownRatio(String method, String other) {
        List<Double> ratios = ratios(method, other);
        return String.format(
                Locale.ROOT,
                "%.2f (%.2f to %.2f in %d rounds)",
                median(ratios),
                ratios.stream().mapToDouble(Double::doubleValue).min().orElseThrow(),
                ratios.stream().mapToDouble(Double::doubleValue).max().orElseThrow(),
                ratios.size());
    }

    /** The median of the ratios of such percentiles within the rounds. */
    double percentileRatio(String method, String other, double percent) {
        return median(rounds.stream()
                .map(round -> percentile(round, method, percent) / percentile(round, other, percent))
                .toList());
    }

    private static double percentile(Map<String, RunResult> round, String method, double percent) {
        return of(round, method).getPrimaryResult().getStatistics().getPercentile(percent);
    }

    private List<Double> ratios(String method, String other) {
        return rounds.stream()
                .map(round -> score(round, method) / score(round, other))
                .toList();
    }

    /** A line for each method, to compare. */
    List<Figure> each(String what) {
        return methods().stream()
                .map(method -> Figure.beside(
                        what + ": " + method,
                        shown(score(method)) + " "
                                + of(rounds.get(0), method).getPrimaryResult().getScoreUnit()
                                + String.format(
                                        Locale.ROOT,
                                        ", %.0f bytes, %s us of a processor",
                                        allocated(method),
                                        shown(processorMicros(method)))))
                .toList();
    }

    static String shown(double score) {
        return String.format(Locale.ROOT, score < 10 ? "%.2f" : "%.0f", score);
    }

    private static double score(Map<String, RunResult> round, String method) {
        return of(round, method).getPrimaryResult().getScore();
    }

    private static RunResult of(Map<String, RunResult> round, String method) {
        RunResult result = round.get(method);
        if (result == null) {
            throw new IllegalArgumentException("No benchmark " + method);
        }
        return result;
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
