package io.github.llmcache.langchain4j;

import io.github.llmcache.testing.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;

/** Answers what LangChain4j's own tests ask of a real model. */
final class OpenAiOracle {

    private static final AtomicInteger IDS = new AtomicInteger();

    private OpenAiOracle() {}

    static Reply answer(JsonNode request) {
        JsonNode messages = request.path("messages");
        JsonNode last = messages.get(messages.size() - 1);
        boolean afterTools = last.path("role").stringValue("").equals("tool");
        if (request.path("tools").size() > 0 && !afterTools) {
            return Reply.toolCalls(calls(request.path("tools")));
        }
        if (request.has("response_format")) {
            return Reply.text(afterTools ? "{\"weather\": \"sunny\"}" : "{\"city\": \"Berlin\"}");
        }
        String text = afterTools ? "It says" + results(messages) : text(last.path("content"));
        if (request.path("stop").size() > 0) {
            text = text.replace(" World", "");
        }
        int limit = request.path("max_tokens")
                .asInt(request.path("max_completion_tokens").asInt(Integer.MAX_VALUE));
        String[] words = text.split("(?= )");
        if (words.length < limit) {
            return Reply.pieces(words).usage(20, words.length);
        }
        String[] first = new String[limit];
        System.arraycopy(words, 0, first, 0, limit);
        return Reply.pieces(first).finishReason("length").usage(20, limit);
    }

    private static String results(JsonNode messages) {
        StringBuilder results = new StringBuilder();
        for (JsonNode message : messages) {
            if (message.path("role").stringValue("").equals("tool")) {
                results.append(' ').append(message.path("content").stringValue(""));
            }
        }
        return results.toString();
    }

    private static String text(JsonNode content) {
        if (content.isArray()) {
            return content.size() > 2 ? "I see a cat and dice" : "I see a cat";
        }
        String asked = content.stringValue("");
        if (asked.contains("Translate")) {
            return "Ich liebe dich";
        }
        if (asked.contains("favorite color")) {
            return "It is green";
        }
        if (asked.contains("Hello World")) {
            return "Hello World";
        }
        if (asked.contains("story")) {
            return "Once upon a time there was an animal that had a long story to tell";
        }
        return "The capital of Germany is Berlin and four is the sum of two and two";
    }

    private static Reply.ToolCall[] calls(JsonNode tools) {
        List<Reply.ToolCall> calls = new ArrayList<>();
        for (JsonNode tool : tools) {
            String name = tool.path("function").path("name").stringValue("");
            switch (name) {
                case "getWeather" -> calls.add(call(name, "{\"city\":\"Munich\"}"));
                case "getTime" -> calls.add(call(name, "{\"country\":\"France\"}"));
                case "add" -> calls.add(call(name, "{\"a\":2,\"b\":2}"));
                case "get_current_time" -> calls.add(call(name, "{}"));
                default -> {}
            }
        }
        return calls.toArray(Reply.ToolCall[]::new);
    }

    private static Reply.ToolCall call(String name, String arguments) {
        return new Reply.ToolCall("call-" + IDS.incrementAndGet(), name, arguments);
    }
}
