package io.github.llmcache.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * An HTTP server on a free port of the loopback interface that speaks as OpenAI's does, for the real client.
 *
 * <p>It answers {@code /v1/chat/completions}, whole or streamed, and {@code /v1/embeddings}, many at a time, and
 * records what it was asked. Unless told otherwise its n-th chat answer is {@code Answer n}, and the vector of a text
 * depends on the text, the model and the dimensions, and on nothing else.
 */
public final class OpenAiStub implements AutoCloseable {

    private static final String CHAT = "/v1/chat/completions";
    private static final String EMBEDDINGS = "/v1/embeddings";

    private final HttpServer server;
    private final ExecutorService threads;
    private final List<Call> calls = new CopyOnWriteArrayList<>();
    private final AtomicInteger numbers = new AtomicInteger();
    private volatile @Nullable Function<JsonNode, Reply> chat;
    private volatile Function<JsonNode, Reply> embeddings = request -> Reply.text("");

    private OpenAiStub() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
        threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "openai-stub");
            thread.setDaemon(true);
            return thread;
        });
        server.setExecutor(threads);
        server.createContext("/", this::serve);
        server.start();
    }

    /**
     * A request that the server got.
     *
     * @param path its path
     * @param body its body
     * @param headers its headers by name, whatever the case of its letters; the first value of each
     */
    public record Call(String path, JsonNode body, Map<String, String> headers) {

        /** Whether a stream was asked for. */
        public boolean streamed() {
            return body.path("stream").asBoolean(false);
        }
    }

    /** Starts a server. */
    public static OpenAiStub start() {
        return new OpenAiStub();
    }

    /** What a client is given as its base URL. */
    public String baseUrl() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
    }

    /** From now on answers chat requests so. */
    public OpenAiStub answering(Function<JsonNode, Reply> answers) {
        chat = answers;
        return this;
    }

    /** From now on answers every chat request so. */
    public OpenAiStub answering(Reply reply) {
        return answering(request -> reply);
    }

    /** From now on fails, holds or breaks embedding requests as the reply says; vectors otherwise. */
    public OpenAiStub embedding(Function<JsonNode, Reply> answers) {
        embeddings = answers;
        return this;
    }

    /** What it was asked, in the order in which it came. */
    public List<Call> calls() {
        return List.copyOf(calls);
    }

    /** The chat requests that it got. */
    public List<Call> chatCalls() {
        return calls.stream().filter(call -> call.path().equals(CHAT)).toList();
    }

    /** The embedding requests that it got. */
    public List<Call> embeddingCalls() {
        return calls.stream().filter(call -> call.path().equals(EMBEDDINGS)).toList();
    }

    /** The texts that it was asked to embed, in all requests, in order. */
    public List<String> embeddedTexts() {
        return embeddingCalls().stream()
                .flatMap(call -> OpenAiJson.inputs(call.body()).stream())
                .toList();
    }

    /** Waits until it got so many requests or more, answered or not. */
    public void awaitCalls(int count) {
        Awaitility.await().until(() -> calls.size() >= count);
    }

    /** The vector that it gives a text. */
    public static float[] vector(String model, String text, int dimensions) {
        return OpenAiJson.vector(model, text, dimensions);
    }

    /** Stops at once; answers that are held are not sent. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void serve(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        String path = exchange.getRequestURI().getPath();
        if (!exchange.getRequestMethod().equals("POST") || !path.equals(CHAT) && !path.equals(EMBEDDINGS)) {
            send(exchange, 404, OpenAiJson.error(404, "nothing here"));
            return;
        }
        JsonNode request;
        try {
            request = OpenAiJson.read(body);
        } catch (JacksonException ex) {
            send(exchange, 400, OpenAiJson.error(400, "not JSON"));
            return;
        }
        calls.add(new Call(path, request, headers(exchange)));
        Reply reply;
        int number;
        if (path.equals(CHAT)) {
            number = numbers.incrementAndGet();
            Function<JsonNode, Reply> answers = chat;
            reply = answers == null ? Reply.text("Answer " + number) : answers.apply(request);
        } else {
            number = 0;
            reply = embeddings.apply(request);
        }
        answer(exchange, path, request, reply, new OpenAiJson(request, number));
    }

    private static void answer(HttpExchange exchange, String path, JsonNode request, Reply reply, OpenAiJson json)
            throws IOException {
        boolean streamed = path.equals(CHAT) && request.path("stream").asBoolean(false) && reply.status == 200;
        if (reply.heldAfter == 0 || !streamed) {
            hold(reply.held);
        }
        if (reply.status != 200) {
            send(exchange, reply.status, OpenAiJson.error(reply.status, reply.error));
        } else if (streamed) {
            stream(exchange, reply, json);
        } else {
            String whole = path.equals(CHAT) ? json.completion(reply) : json.embeddings(reply);
            if (reply.brokenAfter >= 0) {
                sendHalf(exchange, reply, whole);
            } else {
                send(exchange, 200, whole);
            }
        }
    }

    private static void stream(HttpExchange exchange, Reply reply, OpenAiJson json) throws IOException {
        if (reply.brokenAfter == 0) {
            throw new IOException("broken as asked");
        }
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
        OutputStream out = exchange.getResponseBody();
        event(out, json.opening(reply));
        List<String> pieces = json.pieces(reply);
        for (int sent = 0; sent <= pieces.size(); sent++) {
            if (sent > 0 && sent == reply.heldAfter) {
                hold(reply.held);
            }
            if (sent == reply.brokenAfter) {
                throw new IOException("broken as asked");
            }
            if (sent == reply.endedAfter) {
                exchange.close();
                return;
            }
            if (sent == reply.failedAfter) {
                out.write("event: error\n".getBytes(StandardCharsets.UTF_8));
                event(out, OpenAiJson.error(500, reply.error));
                exchange.close();
                return;
            }
            if (sent < pieces.size()) {
                event(out, pieces.get(sent));
            }
        }
        for (String chunk : json.closing(reply)) {
            event(out, chunk);
        }
        event(out, "[DONE]");
        exchange.close();
    }

    private static void event(OutputStream out, String data) throws IOException {
        out.write(("data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static void send(HttpExchange exchange, int status, String json) throws IOException {
        try (exchange) {
            byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    // A handler that throws makes the server close the connection without an end of the body.
    private static void sendHalf(HttpExchange exchange, Reply reply, String json) throws IOException {
        if (reply.brokenAfter > 0) {
            byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes, 0, bytes.length / 2);
            exchange.getResponseBody().flush();
        }
        throw new IOException("broken as asked");
    }

    private static void hold(@Nullable CountDownLatch released) throws IOException {
        if (released == null) {
            return;
        }
        try {
            if (!released.await(30, TimeUnit.SECONDS)) {
                throw new IOException("nobody released the answer");
            }
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new IOException("stopped", ex);
        }
    }

    private static Map<String, String> headers(HttpExchange exchange) {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.get(0)));
        return headers;
    }
}
