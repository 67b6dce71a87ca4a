package io.github.llmcache.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Measures what is named, or all that has a goal, and writes the results as a page. */
public final class Benchmarks {

    private static final String QUICK = "--quick";

    private final Map<String, Measurement> all = new LinkedHashMap<>();

    private Benchmarks() {
        all.put("near", CallCosts::nearHit);
        all.put("redis", CallCosts::redisHit);
        all.put("throughput", CallCosts::throughput);
        all.put("miss", CallCosts::miss);
        all.put("fleet", new FleetLanding());
        all.put("coherence", new Coherence());
        all.put("eviction", new TagEviction());
        all.put("startup", new StartUp());
        all.put("models", CallCosts::models);
    }

    /**
     * Measures.
     *
     * @param arguments the names of what to measure, all but {@code models} when left out; {@code --quick} for fewer and
     *     shorter rounds; {@code --out=…} names the file to write
     */
    public static void main(String[] arguments) throws Exception {
        Benchmarks benchmarks = new Benchmarks();
        List<String> names = new ArrayList<>();
        Effort effort = Effort.FULL;
        Path out = Path.of("target", "results.md");
        for (String argument : arguments) {
            if (argument.equals(QUICK)) {
                effort = Effort.QUICK;
            } else if (argument.startsWith("--out=")) {
                out = Path.of(argument.substring("--out=".length()));
            } else if (benchmarks.all.containsKey(argument)) {
                names.add(argument);
            } else {
                String known = String.join(", ", benchmarks.all.keySet());
                System.err.println("Unknown: " + argument + ". Known are " + QUICK + " and " + known);
                System.exit(2);
            }
        }
        List<Figure> figures = new ArrayList<>();
        boolean failed = false;
        for (String name : names.isEmpty() ? benchmarks.withGoals() : names) {
            System.out.println("== " + name);
            try {
                List<Figure> measured = measure(name, effort);
                measured.forEach(figure -> System.out.println(figure.what() + ": " + figure.result()));
                figures.addAll(measured);
            } catch (Exception ex) {
                // The others are worth their time all the same.
                ex.printStackTrace();
                figures.add(Figure.of(name, "to be measured", "failed", false));
                failed = true;
            }
        }
        String page = page(figures, effort);
        write(out, page);
        System.out.println(page);
        System.exit(failed ? 1 : 0);
    }

    private List<String> withGoals() {
        return all.keySet().stream().filter(name -> !name.equals("models")).toList();
    }

    /** What can be measured. */
    static Set<String> names() {
        return new Benchmarks().all.keySet();
    }

    /** Measures one thing. */
    static List<Figure> measure(String name, Effort effort) throws Exception {
        Measurement measurement = new Benchmarks().all.get(name);
        if (measurement == null) {
            throw new IllegalArgumentException(name);
        }
        return measurement.measure(effort);
    }

    private static String page(List<Figure> figures, Effort effort) throws IOException {
        StringBuilder page = new StringBuilder();
        page.append(machine(effort)).append("\n\n| what | goal | result | |\n|---|---|---|---|\n");
        for (Figure figure : figures) {
            if (figure.met() != null) {
                page.append("| ").append(figure.what()).append(" | ").append(figure.goal());
                page.append(" | ").append(figure.result()).append(" | ").append(figure.met() ? "met" : "missed");
                page.append(" |\n");
            }
        }
        page.append("\n| beside it | result |\n|---|---|\n");
        for (Figure figure : figures) {
            if (figure.met() == null) {
                page.append("| ")
                        .append(figure.what())
                        .append(" | ")
                        .append(figure.result())
                        .append(" |\n");
            }
        }
        return page.toString();
    }

    private static String machine(Effort effort) throws IOException {
        return LocalDate.now(ZoneOffset.UTC) + (effort == Effort.QUICK ? ", quick run" : "") + ", "
                + Runtime.getRuntime().availableProcessors() + " cores" + processor() + ", JDK "
                + System.getProperty("java.version") + ", " + LocalRedis.version() + " on the same machine";
    }

    private static String processor() throws IOException {
        Path info = Path.of("/proc/cpuinfo");
        if (!Files.isReadable(info)) {
            return "";
        }
        return Files.readAllLines(info).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> " (" + line.substring(line.indexOf(':') + 1).trim() + ")")
                .findFirst()
                .orElse("");
    }

    private static void write(Path out, String page) throws IOException {
        Path folder = out.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        Files.writeString(out, page);
    }
}
