package io.github.llmcache.langchain4j;

import dev.langchain4j.model.output.TokenUsage;
import io.github.llmcache.payload.TokenCount;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Token counts in payloads: the three counts that every provider has. */
final class Tokens {

    private Tokens() {}

    static void write(@Nullable TokenUsage usage, ObjectNode to) {
        if (usage != null) {
            ObjectNode counts = to.putObject("tokens");
            put(counts, "input", usage.inputTokenCount());
            put(counts, "output", usage.outputTokenCount());
            put(counts, "total", usage.totalTokenCount());
        }
    }

    static @Nullable TokenUsage read(Envelope from) {
        Envelope counts = from.object("tokens");
        if (counts == null) {
            return null;
        }
        counts.allow("input", "output", "total");
        return new TokenUsage(counts.integer("input"), counts.integer("output"), counts.integer("total"));
    }

    /** A provider's own kind of usage counts as its three counts. */
    static boolean same(@Nullable TokenUsage one, @Nullable TokenUsage other) {
        if (one == null || other == null) {
            return one == null && other == null;
        }
        return Objects.equals(one.inputTokenCount(), other.inputTokenCount())
                && Objects.equals(one.outputTokenCount(), other.outputTokenCount())
                && Objects.equals(one.totalTokenCount(), other.totalTokenCount());
    }

    static @Nullable TokenCount count(@Nullable TokenUsage usage) {
        if (usage == null || (usage.inputTokenCount() == null && usage.outputTokenCount() == null)) {
            return null;
        }
        return new TokenCount(orZero(usage.inputTokenCount()), orZero(usage.outputTokenCount()));
    }

    private static void put(ObjectNode to, String name, @Nullable Integer count) {
        if (count != null) {
            to.put(name, count);
        }
    }

    private static long orZero(@Nullable Integer count) {
        return count == null ? 0 : Math.max(0, count);
    }
}
