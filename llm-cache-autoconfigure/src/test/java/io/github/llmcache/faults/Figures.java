package io.github.llmcache.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Writes down what was measured, for docs/reliability.md: a line a test in {@code target/faults.csv}. */
final class Figures {

    private static final Path FILE = Path.of("target", "faults.csv");

    private Figures() {}

    static void take(String fault, Recovery recovery, Load load, Versions versions) {
        String line = String.join(
                ";",
                fault,
                "first hit " + recovery.firstHit().toMillis(),
                "settled " + recovery.settled().toMillis(),
                "near " + recovery.near().toMillis(),
                "longest call " + load.longestCall().toMillis(),
                "evicted served " + versions.longestServedMillis(),
                "evictions " + versions.evictions(),
                "calls " + load.asked(),
                "hits " + load.hits(),
                "failures " + load.timeline().failures());
        take(line);
    }

    static void take(String line) {
        System.out.println(line);
        try {
            Files.createDirectories(FILE.toAbsolutePath().getParent());
            Files.writeString(FILE, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }
}
