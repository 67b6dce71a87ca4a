package io.github.llmcache.testing;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The JSON that OpenAI's endpoints send. */
final class OpenAiJson {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int DIMENSIONS = 16;
    private static final long CREATED = 1_790_000_000L;

    private final JsonNode request;
    private final int number;

    OpenAiJson(JsonNode request, int number) {
        this.request = request;
        this.number = number;
    }

    static JsonNode read(byte[] body) {
        return JSON.readTree(body);
    }

    static String error(int status, String message) {
        ObjectNode json = JSON.createObjectNode();
        json.putObject("error")
                .put("message", message)
                .put("type", status == 429 ? "rate_limit_error" : "server_error")
                .putNull("param")
                .put("code", "code_" + status);
        return json.toString();
    }

    String completion(Reply reply) {
        ObjectNode json = head("chat.completion", reply);
        ObjectNode choice = json.putArray("choices").addObject().put("index", 0);
        ObjectNode message = choice.putObject("message").put("role", "assistant");
        message.put("content", reply.pieces.isEmpty() ? null : reply.text()).putNull("refusal");
        if (!reply.toolCalls.isEmpty()) {
            ArrayNode calls = message.putArray("tool_calls");
            reply.toolCalls.forEach(call -> toolCall(calls.addObject(), call.id(), call.name(), call.arguments()));
        }
        choice.putNull("logprobs").put("finish_reason", reply.finishReason);
        Reply.Usage usage = reply.usage;
        if (usage != null) {
            json.set("usage", usage(usage));
        }
        return json.toString();
    }

    /** The first chunk, which says who speaks. */
    String opening(Reply reply) {
        return chunk(reply, delta -> delta.put("role", "assistant").put("content", ""), null);
    }

    /** The chunks that carry the answer. */
    List<String> pieces(Reply reply) {
        List<String> chunks = new ArrayList<>();
        for (String piece : reply.pieces) {
            chunks.add(chunk(reply, delta -> delta.put("content", piece), null));
        }
        for (int i = 0; i < reply.toolCalls.size(); i++) {
            Reply.ToolCall call = reply.toolCalls.get(i);
            int index = i;
            String arguments = call.arguments();
            int middle = arguments.length() / 2;
            chunks.add(chunk(
                    reply,
                    delta -> toolCall(
                            delta.putArray("tool_calls").addObject().put("index", index),
                            call.id(),
                            call.name(),
                            arguments.substring(0, middle)),
                    null));
            chunks.add(chunk(
                    reply,
                    delta -> delta.putArray("tool_calls")
                            .addObject()
                            .put("index", index)
                            .putObject("function")
                            .put("arguments", arguments.substring(middle)),
                    null));
        }
        return chunks;
    }

    /** The chunks that end a stream, without its end mark. */
    List<String> closing(Reply reply) {
        List<String> chunks = new ArrayList<>();
        chunks.add(chunk(reply, delta -> {}, reply.finishReason));
        Reply.Usage usage = reply.usage;
        if (usage != null && usageAsked()) {
            ObjectNode last = head("chat.completion.chunk", reply);
            last.putArray("choices");
            last.set("usage", usage(usage));
            chunks.add(last.toString());
        }
        return chunks;
    }

    String embeddings(Reply reply) {
        String model = modelOf(reply);
        int dimensions = request.path("dimensions").asInt(DIMENSIONS);
        boolean packed = request.path("encoding_format").asString("float").equals("base64");
        ObjectNode json = JSON.createObjectNode().put("object", "list").put("model", model);
        ArrayNode data = json.putArray("data");
        List<String> inputs = inputs(request);
        for (String input : inputs) {
            float[] vector = vector(request.path("model").asString(""), input, dimensions);
            ObjectNode item = data.addObject().put("object", "embedding").put("index", data.size() - 1);
            if (packed) {
                item.put("embedding", base64(vector));
            } else {
                ArrayNode numbers = item.putArray("embedding");
                for (float number : vector) {
                    numbers.add(number);
                }
            }
        }
        int tokens =
                inputs.stream().mapToInt(input -> input.split("\\s+").length).sum();
        json.putObject("usage").put("prompt_tokens", tokens).put("total_tokens", tokens);
        return json.toString();
    }

    static List<String> inputs(JsonNode request) {
        List<String> inputs = new ArrayList<>();
        JsonNode input = request.path("input");
        if (input.isString()) {
            inputs.add(input.asString());
        }
        input.forEach(one -> {
            if (one.isString()) {
                inputs.add(one.asString());
            }
        });
        return inputs;
    }

    static float[] vector(String model, String text, int dimensions) {
        Random random = new Random(31L * model.hashCode() + text.hashCode());
        double[] raw = random.doubles(dimensions, -1, 1).toArray();
        double length = 0;
        for (double number : raw) {
            length += number * number;
        }
        float[] vector = new float[dimensions];
        for (int i = 0; i < dimensions; i++) {
            vector[i] = (float) (raw[i] / Math.sqrt(length));
        }
        return vector;
    }

    private String chunk(Reply reply, Consumer<ObjectNode> said, @Nullable String finishReason) {
        ObjectNode json = head("chat.completion.chunk", reply);
        ObjectNode choice = json.putArray("choices").addObject().put("index", 0);
        said.accept(choice.putObject("delta"));
        choice.putNull("logprobs").put("finish_reason", finishReason);
        if (usageAsked()) {
            json.putNull("usage");
        }
        return json.toString();
    }

    private ObjectNode head(String object, Reply reply) {
        String id = reply.id == null ? "chatcmpl-" + number : reply.id;
        ObjectNode json = JSON.createObjectNode()
                .put("id", id)
                .put("object", object)
                .put("created", CREATED + number)
                .put("model", modelOf(reply))
                .put("service_tier", "default");
        String fingerprint = reply.systemFingerprint;
        if (fingerprint != null) {
            json.put("system_fingerprint", fingerprint);
        }
        return json;
    }

    private String modelOf(Reply reply) {
        return reply.model == null ? request.path("model").asString("unnamed") : reply.model;
    }

    private boolean usageAsked() {
        return request.at("/stream_options/include_usage").asBoolean(false);
    }

    private static void toolCall(ObjectNode json, String id, String name, String arguments) {
        json.put("id", id)
                .put("type", "function")
                .putObject("function")
                .put("name", name)
                .put("arguments", arguments);
    }

    private static ObjectNode usage(Reply.Usage usage) {
        ObjectNode json = JSON.createObjectNode()
                .put("prompt_tokens", usage.prompt())
                .put("completion_tokens", usage.completion())
                .put("total_tokens", usage.prompt() + usage.completion());
        json.putObject("prompt_tokens_details").put("cached_tokens", usage.cached());
        json.putObject("completion_tokens_details").put("reasoning_tokens", usage.reasoning());
        return json;
    }

    private static String base64(float[] vector) {
        ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float number : vector) {
            bytes.putFloat(number);
        }
        return Base64.getEncoder().encodeToString(bytes.array());
    }
}
