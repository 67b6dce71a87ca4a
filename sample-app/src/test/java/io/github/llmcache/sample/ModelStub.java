package io.github.llmcache.sample;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A provider's HTTP endpoint on this machine, whole or streamed, which records what it is asked and numbers its answers. */
public final class ModelStub implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final HttpServer server;
    private final String answer;
    private final String piece;
    private final List<Call> calls = new CopyOnWriteArrayList<>();
    private volatile int failure;
    private volatile String finish = "stop";

    /**
     * A request that the endpoint got.
     *
     * @param path its path
     * @param key the API key, in whichever header it came
     * @param body its body
     */
    public record Call(String path, String key, JsonNode body) {}

    private ModelStub(String answer, String piece) {
        this.answer = answer;
        this.piece = piece;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
        server.createContext("/", this::serve);
        server.start();
    }

    /** An endpoint that speaks as OpenAI does, and all that are compatible with it. */
    public static ModelStub openAi() {
        return new ModelStub("""
                {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "stub",
                 "choices": [{"index": 0, "finish_reason": "stop",
                              "message": {"role": "assistant", "content": "Answer %d"}}],
                 "usage": {"prompt_tokens": 20, "completion_tokens": 3, "total_tokens": 23}}""", """
                data: {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "stub", \
                "choices": [{"index": 0, "delta": {"content": "Answer"}, "finish_reason": null}]}

                data: {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "stub", \
                "choices": [{"index": 0, "delta": {"content": " %d"}, "finish_reason": null}]}

                data: {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "stub", \
                "choices": [{"index": 0, "delta": {}, "finish_reason": "%s"}]}

                data: [DONE]

                """);
    }

    /** An endpoint that speaks as Claude's does. */
    public static ModelStub anthropic() {
        return new ModelStub("""
                {"id": "msg_1", "type": "message", "role": "assistant", "model": "stub",
                 "content": [{"type": "text", "text": "Answer %d"}], "stop_reason": "end_turn",
                 "usage": {"input_tokens": 20, "output_tokens": 3}}""", """
                event: message_start
                data: {"type": "message_start", "message": {"id": "msg_1", "type": "message", "role": "assistant", \
                "model": "stub", "content": [], "stop_reason": null, "usage": {"input_tokens": 20, "output_tokens": 1}}}

                event: content_block_start
                data: {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}

                event: content_block_delta
                data: {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Answer"}}

                event: content_block_delta
                data: {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": " %d"}}

                event: content_block_stop
                data: {"type": "content_block_stop", "index": 0}

                event: message_delta
                data: {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 3}}

                event: message_stop
                data: {"type": "message_stop"}

                """);
    }

    /** An endpoint that speaks as Gemini's does. */
    public static ModelStub gemini() {
        return new ModelStub("""
                {"candidates": [{"index": 0, "finishReason": "STOP",
                                 "content": {"role": "model", "parts": [{"text": "Answer %d"}]}}],
                 "usageMetadata": {"promptTokenCount": 20, "candidatesTokenCount": 3, "totalTokenCount": 23}}""", """
                data: {"candidates": [{"index": 0, "content": {"role": "model", "parts": [{"text": "Answer"}]}}]}

                data: {"candidates": [{"index": 0, "finishReason": "STOP", \
                "content": {"role": "model", "parts": [{"text": " %d"}]}}], \
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

    /** From now on OpenAI's streams end for a reason of its own, such as {@code length}. */
    public void finish(String reason) {
        finish = reason;
    }

    /** From now on it answers. */
    public void recover() {
        failure = 0;
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            Call call = new Call(exchange.getRequestURI().getPath(), key(exchange), JSON.readTree(body));
            calls.add(call);
            int status = failure == 0 ? 200 : failure;
            boolean streamed =
                    call.body().path("stream").asBoolean(false) || call.path().contains(":stream");
            String reply = failure == 0
                    ? (streamed ? piece : answer).formatted(calls.size(), finish)
                    : "{\"error\": {\"message\": \"no luck with key %s\"}}".formatted(call.key());
            byte[] bytes = reply.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders()
                    .set("Content-Type", streamed && failure == 0 ? "text/event-stream" : "application/json");
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private static String key(HttpExchange exchange) {
        for (String header : List.of("Authorization", "x-api-key", "x-goog-api-key")) {
            String value = exchange.getRequestHeaders().getFirst(header);
            if (value != null) {
                return value.replace("Bearer ", "");
            }
        }
        return "";
    }
}
