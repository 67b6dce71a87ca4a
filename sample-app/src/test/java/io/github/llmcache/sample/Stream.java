package io.github.llmcache.sample;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The events of a streamed answer.
 *
 * @param reply what the sample replied as a whole
 * @param names the names of the events
 * @param data their data
 */
public record Stream(Reply reply, List<String> names, List<JsonNode> data) {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    static Stream of(Reply reply) {
        List<String> names = new ArrayList<>();
        List<JsonNode> data = new ArrayList<>();
        reply.body().lines().forEach(line -> {
            if (line.startsWith("event:")) {
                names.add(line.substring("event:".length()));
            } else if (line.startsWith("data:")) {
                data.add(JSON.readTree(line.substring("data:".length())));
            }
        });
        return new Stream(reply, names, data);
    }

    /** The pieces of the answer. */
    public List<String> pieces() {
        return data.stream()
                .filter(event -> event.has("text"))
                .map(event -> event.get("text").asString())
                .toList();
    }

    /** The pieces together. */
    public String answer() {
        return pieces().stream().collect(Collectors.joining());
    }

    /** The last event. */
    public JsonNode last() {
        return data.get(data.size() - 1);
    }

    /** The outcome, or an empty text if there was none. */
    public String outcome() {
        return data.isEmpty() ? "" : last().path("outcome").asString("");
    }
}
