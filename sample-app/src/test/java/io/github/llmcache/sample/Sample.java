package io.github.llmcache.sample;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.core.io.ResourceLoader;
import org.springframework.data.redis.core.StringRedisTemplate;
import tools.jackson.databind.json.JsonMapper;

/** The whole sample on a free port, as a person starts it, and as scripts and browsers talk to it. */
public final class Sample implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    // A key in the machine's environment must not decide whom a test asks.
    private static final List<String> DEFAULTS = List.of(
            "--server.port=0",
            "--sample.openai.api-key=",
            "--sample.openai.base-url=",
            "--sample.anthropic.api-key=",
            "--sample.gemini.api-key=",
            "--sample.demo.delay=0s");

    private final HttpClient http = HttpClient.newHttpClient();
    private final ConfigurableApplicationContext context;

    private Sample(ConfigurableApplicationContext context) {
        this.context = context;
    }

    /** Starts the sample with properties, as {@code sample.demo.delay=1s}. */
    public static Sample start(String... properties) {
        return start(new DefaultResourceLoader(), SampleApplication.class, properties);
    }

    static Sample start(ResourceLoader loader, Class<?> application, String... properties) {
        List<String> arguments = new ArrayList<>(DEFAULTS);
        for (String property : properties) {
            // The last of equal arguments would not win: they would be a list.
            arguments.removeIf(argument -> argument.startsWith("--" + property.split("=", 2)[0] + "="));
            arguments.add("--" + property);
        }
        return new Sample(new SpringApplication(loader, application).run(arguments.toArray(String[]::new)));
    }

    /** The address of its page. */
    public String url() {
        return "http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port") + "/";
    }

    /** Asks a question. */
    public Reply ask(String prompt) {
        return post(JSON.writeValueAsString(Map.of("prompt", prompt)));
    }

    /** Asks a question and, if the model answers, waits until its answer is kept; callers do not wait for that. */
    public Reply askAndKeep(String prompt) {
        Set<String> before = keys();
        Reply reply = ask(prompt);
        if (reply.cache().equals("MISS")) {
            await("the answer to be kept").atMost(PATIENCE).until(() -> keys().size() > before.size());
        }
        return reply;
    }

    /** Asks a question and reads its answer's events to their end. */
    public Stream stream(String prompt) {
        return Stream.of(get("api/ask/stream?prompt=" + URLEncoder.encode(prompt, StandardCharsets.UTF_8)));
    }

    /** Asks a question by a stream and, if the model answers, waits until its answer is kept. */
    public Stream streamAndKeep(String prompt) {
        Set<String> before = keys();
        Stream stream = stream(prompt);
        if (stream.outcome().equals("MISS")) {
            await("the answer to be kept").atMost(PATIENCE).until(() -> keys().size() > before.size());
        }
        return stream;
    }

    /** Sends a body to where questions are asked. */
    public Reply post(String body) {
        return post("api/ask", body);
    }

    /** Sends a body to a path. */
    public Reply post(String path, String body) {
        return send(request(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body)));
    }

    /** Says something in a conversation. */
    public Reply say(String conversation, String message) {
        return post("api/conversations/" + conversation, JSON.writeValueAsString(Map.of("prompt", message)));
    }

    /** Deletes what is at a path. */
    public Reply delete(String path) {
        return send(request(path).DELETE());
    }

    /** Reads a path. */
    public Reply get(String path) {
        return send(request(path));
    }

    /** The keys of the answers in Redis. */
    public Set<String> keys() {
        return bean(StringRedisTemplate.class).keys("prompt:*");
    }

    /** A bean of the application. */
    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    /** Whether the application has a bean. */
    public boolean has(Class<?> type) {
        return context.getBeanNamesForType(type).length > 0;
    }

    @Override
    public void close() {
        context.close();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url() + path)).timeout(Duration.ofSeconds(30));
    }

    private Reply send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
            String body = response.body();
            return new Reply(
                    response.statusCode(),
                    response.headers().firstValue("Content-Type").orElse(""),
                    response.headers().firstValue("X-LLM-Cache").orElse(""),
                    response.headers().firstValue("Retry-After").orElse(""),
                    body,
                    body.startsWith("{") ? JSON.readTree(body) : JSON.createObjectNode());
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(ex);
        }
    }
}
