package io.github.llmcache.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Every benchmark runs; how fast is no matter here. */
class BenchmarksRunTests {

    @Test
    void every_benchmark_runs_one_short_iteration() throws RunnerException {
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .include("io.github.llmcache.benchmarks")
                        .forks(0)
                        .warmupIterations(0)
                        .measurementIterations(1)
                        .measurementTime(TimeValue.milliseconds(50))
                        .shouldFailOnError(true)
                        .verbosity(VerboseMode.SILENT)
                        .build())
                .run();

        assertThat(results).hasSize(27);
    }

    @ParameterizedTest
    @ValueSource(strings = {"fleet", "coherence", "eviction", "startup"})
    void every_program_measures_a_figure_that_has_a_goal(String name) throws Exception {
        List<Figure> figures = Benchmarks.measure(name, Effort.TINY);

        assertThat(figures).anySatisfy(figure -> {
            assertThat(figure.goal()).isNotEmpty();
            assertThat(figure.met()).isNotNull();
        });
        assertThat(figures).allSatisfy(figure -> assertThat(figure.result()).containsPattern("[0-9]"));
    }
}
