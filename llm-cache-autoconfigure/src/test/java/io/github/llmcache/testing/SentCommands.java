package io.github.llmcache.testing;

import static org.awaitility.Awaitility.await;

import io.lettuce.core.api.sync.RedisCommands;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is sent to a server of a test's own from now on, scripts' commands included, without what this asks itself.
 *
 * <p>Commands and how often they ran are those of {@code INFO commandstats}, their arguments those that {@code MONITOR}
 * tells. Nobody else of the test's may ask the server meanwhile.
 */
public final class SentCommands implements AutoCloseable {

    private static final Pattern STATISTICS =
            Pattern.compile("cmdstat_([^:]+):calls=(\\d+),.*?,?(?:rejected_calls=(\\d+))?");
    private static final Pattern ARGUMENT = Pattern.compile("\"((?:[^\"\\\\]++|\\\\.)*+)\"");
    private static final Set<String> OWN = Set.of("config|resetstat", "monitor", "echo", "acl|log");

    private final RedisCommands<String, String> redis;
    private final Socket socket;
    private final List<String> lines = new CopyOnWriteArrayList<>();

    private SentCommands(RealRedis server) throws IOException {
        this.redis = server.commands();
        redis.aclLogReset();
        this.socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        BufferedReader reader =
                new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
        socket.getOutputStream().write("MONITOR\r\n".getBytes(StandardCharsets.US_ASCII));
        reader.readLine();
        Thread thread = new Thread(() -> read(reader), "monitor");
        thread.setDaemon(true);
        thread.start();
        redis.configResetstat();
    }

    /** Begins to listen. */
    public static SentCommands to(RealRedis server) {
        try {
            return new SentCommands(server);
        } catch (IOException ex) {
            throw new java.io.UncheckedIOException(ex);
        }
    }

    private void read(BufferedReader reader) {
        try {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(line);
            }
        } catch (IOException ex) {
            // Closed.
        }
    }

    /** How often each command ran since this began or was asked last, in lower case, subcommands after a bar. */
    public Map<String, Long> counts() {
        Map<String, Long> counts = new TreeMap<>();
        for (String line : redis.info("commandstats").lines().toList()) {
            Matcher matcher = STATISTICS.matcher(line);
            if (matcher.lookingAt()
                    && !OWN.contains(matcher.group(1))
                    && !matcher.group(2).equals("0")) {
                counts.put(matcher.group(1), Long.valueOf(matcher.group(2)));
            }
        }
        redis.configResetstat();
        return counts;
    }

    /** All arguments that begin so, since this began. */
    public Set<String> argumentsWith(String beginning) {
        String marker = "marker " + System.nanoTime();
        redis.echo(marker);
        await().atMost(Duration.ofSeconds(10))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> lines.stream().anyMatch(line -> line.contains(marker)));
        Set<String> found = new TreeSet<>();
        for (String line : lines) {
            Matcher arguments = ARGUMENT.matcher(line);
            while (arguments.find()) {
                if (arguments.group(1).startsWith(beginning)) {
                    found.add(arguments.group(1));
                }
            }
        }
        return found;
    }

    /**
     * The commands of clients with their arguments, each in quotation marks, since this began; without those of scripts, and
     * without those by which connections begin.
     */
    public List<String> commands() {
        argumentsWith("nothing");
        return lines.stream()
                .filter(line -> !line.contains(" lua] "))
                .map(line -> line.replaceFirst("^[^\\]]*\\] ", ""))
                .filter(line -> OWN.stream().noneMatch(own -> line.toLowerCase(Locale.ROOT)
                        .startsWith("\"" + own.replace("|", "\" \"") + "\"")))
                .toList();
    }

    /** What the server refused for want of rights since this began. */
    public List<Map<String, Object>> denied() {
        return redis.aclLog();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException ex) {
            throw new java.io.UncheckedIOException(ex);
        }
    }
}
