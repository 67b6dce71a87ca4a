package io.github.llmcache.langchain4j;

import dev.langchain4j.data.document.Metadata;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.rag.content.Content;
import dev.langchain4j.rag.content.ContentMetadata;
import dev.langchain4j.rag.content.DefaultContent;
import io.github.llmcache.payload.PayloadException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The retrieved texts that an answer was made from. */
final class Sources {

    private static final String KIND = "Content";

    private Sources() {}

    static void write(List<Content> sources, ArrayNode to) {
        for (Content source : sources) {
            if (source.getClass() != DefaultContent.class) {
                throw new PayloadException(
                        "A source does not read back from JSON as it is: "
                                + source.getClass().getName(),
                        null);
            }
            TextSegment segment = source.textSegment();
            ObjectNode json = to.addObject().put("text", segment.text());
            put(json, "segment", segment.metadata().toMap());
            put(json, "metadata", source.metadata());
        }
    }

    static List<Content> read(JsonNode json) {
        List<Content> sources = new ArrayList<>();
        for (JsonNode source : json.asArray()) {
            Envelope from = Envelope.of(source, KIND).allow("text", "segment", "metadata");
            TextSegment segment =
                    TextSegment.from(from.required("text").stringValue(), Metadata.from(values(from, "segment")));
            Map<ContentMetadata, Object> metadata = new EnumMap<>(ContentMetadata.class);
            values(from, "metadata").forEach((name, value) -> metadata.put(ContentMetadata.valueOf(name), value));
            sources.add(Content.from(segment, metadata));
        }
        return sources;
    }

    /** Told apart by their metadata too, which LangChain4j's own comparison leaves out. */
    static boolean same(List<Content> sources, List<Content> back) {
        if (!sources.equals(back)) {
            return false;
        }
        for (int i = 0; i < sources.size(); i++) {
            if (!sources.get(i).metadata().equals(back.get(i).metadata())) {
                return false;
            }
        }
        return true;
    }

    private static void put(ObjectNode to, String name, Map<?, Object> values) {
        if (!values.isEmpty()) {
            to.set(name, TypedValues.write(values));
        }
    }

    private static Map<String, Object> values(Envelope from, String name) {
        JsonNode values = from.optional(name);
        return values == null ? Map.of() : TypedValues.read(values);
    }
}
