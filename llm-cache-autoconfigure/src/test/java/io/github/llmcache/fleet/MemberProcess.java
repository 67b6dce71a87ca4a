package io.github.llmcache.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llmcache.testing.RealRedis;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A {@link FleetMember} that runs. */
final class MemberProcess implements AutoCloseable {

    private final Process process;
    private final Writer commands;
    private final BlockingQueue<String> said = new LinkedBlockingQueue<>();

    MemberProcess(RealRedis redis, String... properties) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                FleetMember.class.getName()));
        for (String property : redis.properties()) {
            command.add("--" + property);
        }
        for (String property : properties) {
            command.add("--" + property);
        }
        process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.to(new File("target/fleet-member.log")))
                .start();
        commands = process.outputWriter(StandardCharsets.UTF_8);
        Thread reader = new Thread(this::read, "fleet-member-output");
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("> ")) {
                    said.add(line.substring(2));
                }
            }
        } catch (IOException ex) {
            said.add("BROKEN " + ex);
        }
    }

    void tell(String command) {
        try {
            commands.write(command + "\n");
            commands.flush();
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** The next line, which has to begin so. */
    String await(String beginning) throws InterruptedException {
        String line = said.poll(60, TimeUnit.SECONDS);
        assertThat(line).startsWith(beginning);
        return String.valueOf(line);
    }

    boolean hasSaid(String line) {
        return said.contains(line);
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }
}
