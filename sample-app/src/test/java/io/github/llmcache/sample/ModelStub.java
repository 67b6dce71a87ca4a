package io.github.llmcache.sample;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A provider's HTTP endpoint on this machine, whole or streamed, which records what it is asked and numbers its answers. */
public final class ModelStub implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String EVENT_END = "\n\n";

    private final HttpServer server;
    private final ExecutorService threads;
    private final String answer;
    private final String stream;
    private final String whole;
    private final List<Call> calls = new CopyOnWriteArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile int failure;
    private volatile Mood mood = Mood.WELL;
    private volatile String finish;

    /**
     * A request that the endpoint got.
     *
     * @param path its path
     * @param keyHeader the header in which the API key came
     * @param key the API key
     * @param body its body
     */
    public record Call(String path, String keyHeader, String key, JsonNode body) {

        /** Whether a stream was asked for. */
        public boolean streamed() {
            return body.path("stream").asBoolean(false) || path.contains(":stream");
        }
    }

    /** What goes wrong while it answers. */
    public enum Mood {
        /** Nothing. */
        WELL,
        /** It takes the question and says nothing. */
        SILENT,
        /** Its streams fall silent after their first piece. */
        STALLING,
        /** Its streams end after their first piece as if all were well. */
        ENDING_EARLY,
        /** Its connections break: streams after their first piece, whole answers in the middle. */
        BREAKING
    }

    private ModelStub(String whole, String answer, String stream) {
        this.whole = whole;
        this.finish = whole;
        this.answer = answer;
        this.stream = stream;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
        threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "model-stub");
            thread.setDaemon(true);
            return thread;
        });
        server.setExecutor(threads);
        server.createContext("/", this::serve);
        server.start();
    }

    /** An endpoint that speaks as OpenAI does, and all that are compatible with it. */
    public static ModelStub openAi() {
        return new ModelStub("stop", """
                {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "stub",
                 "choices": [{"index": 0, "finish_reason": "<finish>",
                              "message": {"role": "assistant", "content": "Answer <n>"}}],
                 "usage": {"prompt_tokens": 20, "completion_tokens": 3, "total_tokens": 23}}""", """
                data: {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "stub", \
                "choices": [{"index": 0, "delta": {"content": "Answer"}, "finish_reason": null}]}

                data: {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "stub", \
                "choices": [{"index": 0, "delta": {"content": " <n>"}, "finish_reason": null}]}

                data: {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "stub", \
                "choices": [{"index": 0, "delta": {}, "finish_reason": "<finish>"}]}

                data: [DONE]

                """);
    }

    /** An endpoint that speaks as Claude's does. */
    public static ModelStub anthropic() {
        return new ModelStub("end_turn", """
                {"id": "msg_1", "type": "message", "role": "assistant", "model": "stub",
                 "content": [{"type": "text", "text": "Answer <n>"}], "stop_reason": "<finish>",
                 "usage": {"input_tokens": 20, "output_tokens": 3}}""", """
                event: message_start
                data: {"type": "message_start", "message": {"id": "msg_1", "type": "message", "role": "assistant", \
                "model": "stub", "content": [], "stop_reason": null, "usage": {"input_tokens": 20, "output_tokens": 1}}}

                event: content_block_start
                data: {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}

                event: content_block_delta
                data: {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Answer"}}

                event: content_block_delta
                data: {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": " <n>"}}

                event: content_block_stop
                data: {"type": "content_block_stop", "index": 0}

                event: message_delta
                data: {"type": "message_delta", "delta": {"stop_reason": "<finish>"}, "usage": {"output_tokens": 3}}

                event: message_stop
                data: {"type": "message_stop"}

                """);
    }

    /** An endpoint that speaks as Gemini's does. */
    public static ModelStub gemini() {
        return new ModelStub("STOP", """
                {"candidates": [{"index": 0, "finishReason": "<finish>",
                                 "content": {"role": "model", "parts": [{"text": "Answer <n>"}]}}],
                 "usageMetadata": {"promptTokenCount": 20, "candidatesTokenCount": 3, "totalTokenCount": 23}}""", """
                data: {"candidates": [{"index": 0, "content": {"role": "model", "parts": [{"text": "Answer"}]}}]}

                data: {"candidates": [{"index": 0, "finishReason": "<finish>", \
                "content": {"role": "model", "parts": [{"text": " <n>"}]}}], \
                "usageMetadata": {"promptTokenCount": 20, "candidatesTokenCount": 3, "totalTokenCount": 23}}

                """);
    }

    /** Its address, without a path. */
    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** What it was asked. */
    public List<Call> calls() {
        return List.copyOf(calls);
    }

    /** From now on it fails with a status, and repeats the key that it was sent. */
    public void fail(int status) {
        failure = status;
    }

    /** From now on its answers end for a reason, such as OpenAI's {@code length}. */
    public void finish(String reason) {
        finish = reason;
    }

    /** From now on something goes wrong while it answers. */
    public void mood(Mood next) {
        mood = next;
    }

    /** From now on it answers, and all is well. */
    public void recover() {
        failure = 0;
        finish = whole;
        mood = Mood.WELL;
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private void serve(HttpExchange exchange) throws IOException {
        Call call = read(exchange);
        // Before the call shows: whoever sees it may change the mood for the next one.
        Mood now = mood;
        int number = numbered(call);
        if (now == Mood.SILENT) {
            awaitClosed();
        }
        if (failure != 0) {
            byte[] error = bytes("{\"error\": {\"message\": \"no luck with key %s\"}}".formatted(call.key()));
            send(exchange, failure, "application/json", error, error.length, now);
        } else if (call.streamed()) {
            byte[] events = bytes(filled(stream, number));
            byte[] begun = bytes(filled(begun(), number));
            boolean all = now == Mood.WELL;
            // A length that is not reached makes the server break the connection.
            int length = now == Mood.ENDING_EARLY ? begun.length : events.length;
            send(exchange, 200, "text/event-stream", all ? events : begun, length, now);
        } else {
            byte[] body = bytes(filled(answer, number));
            byte[] sent = now == Mood.BREAKING ? Arrays.copyOf(body, body.length / 2) : body;
            send(exchange, 200, "application/json", sent, body.length, now);
        }
    }

    private synchronized int numbered(Call call) {
        calls.add(call);
        return calls.size();
    }

    private Call read(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String path = exchange.getRequestURI().getPath();
        for (String header : List.of("Authorization", "x-api-key", "x-goog-api-key")) {
            String value = exchange.getRequestHeaders().getFirst(header);
            if (value != null) {
                return new Call(path, header, value.replace("Bearer ", ""), JSON.readTree(body));
            }
        }
        return new Call(path, "", "", JSON.readTree(body));
    }

    private void send(HttpExchange exchange, int status, String type, byte[] body, int length, Mood now)
            throws IOException {
        try (exchange) {
            exchange.getResponseHeaders().set("Content-Type", type);
            exchange.sendResponseHeaders(status, length);
            exchange.getResponseBody().write(body);
            exchange.getResponseBody().flush();
            if (now == Mood.STALLING && body.length < length) {
                awaitClosed();
            }
        }
    }

    private void awaitClosed() throws IOException {
        try {
            closed.await();
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
        throw new IOException("The test is over");
    }

    /** The stream up to its first piece and with it. */
    private String begun() {
        return stream.substring(0, stream.indexOf(EVENT_END, stream.indexOf("\"Answer\"")) + EVENT_END.length());
    }

    private String filled(String template, int number) {
        return template.replace("<n>", Integer.toString(number)).replace("<finish>", finish);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
