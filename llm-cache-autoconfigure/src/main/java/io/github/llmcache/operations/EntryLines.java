package io.github.llmcache.operations;

import io.github.llmcache.key.RequestParts;
import io.github.llmcache.payload.Payload;
import io.github.llmcache.payload.TokenCount;
import io.github.llmcache.tier.CacheBrowser;
import io.github.llmcache.tier.CacheEntry;
import io.github.llmcache.tier.EntryPage;
import io.github.llmcache.tier.EntryTerms;
import io.github.llmcache.tier.StoredEntry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Writes the entries of a cache as JSON Lines, a page at a time.
 *
 * @param browser reads the entries
 */
record EntryLines(CacheBrowser browser) {

    /** The format of a line. */
    static final int VERSION = 1;

    private static final int PAGE = 100;

    private static final JsonFactory JSON = new JsonFactory();

    /** Writes all entries, and tells in the end how many were written, even where the rest fails. */
    long write(String cache, OutputStream out, LongConsumer end) throws IOException {
        long[] lines = new long[1];
        try {
            write(cache, out, lines);
            return lines[0];
        } finally {
            end.accept(lines[0]);
        }
    }

    private void write(String cache, OutputStream out, long[] lines) throws IOException {
        String cursor = null;
        do {
            EntryPage page = browser.page(cache, cursor, PAGE, null);
            for (StoredEntry stored : page.entries()) {
                out.write(line(cache, stored));
                lines[0]++;
            }
            cursor = page.next();
        } while (cursor != null);
        out.flush();
    }

    private static byte[] line(String cache, StoredEntry stored) {
        CacheEntry entry = stored.entry();
        ByteArrayOutputStream bytes =
                new ByteArrayOutputStream(512 + entry.payload().length());
        try (JsonGenerator line = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
            line.writeStartObject();
            line.writeNumberProperty("v", VERSION);
            text(line, "cache", cache);
            text(line, "digest", entry.digest());
            line.writeNumberProperty("createdAt", entry.createdAt().toEpochMilli());
            line.writeNumberProperty("freshUntil", entry.freshUntil().toEpochMilli());
            if (stored.ttlLeft() != null) {
                line.writeNumberProperty("ttlLeftMillis", stored.ttlLeft().toMillis());
            }
            text(line, "model", entry.model());
            text(line, "prompt", entry.prompt());
            terms(line, entry.terms());
            tokens(line, entry.tokens());
            parts(line, entry.parts());
            line.writeName("payload");
            line.writeRawValue(onOneLine(entry.payload()));
            line.writeEndObject();
        }
        bytes.write('\n');
        return bytes.toByteArray();
    }

    private static void terms(JsonGenerator line, EntryTerms terms) {
        text(line, "scope", terms.scope());
        text(line, "key", terms.key());
        if (!terms.tags().isEmpty()) {
            line.writeName("tags");
            line.writeStartArray();
            terms.tags().forEach(tag -> line.writeString(wellFormed(tag)));
            line.writeEndArray();
        }
    }

    private static void tokens(JsonGenerator line, @Nullable TokenCount tokens) {
        if (tokens != null) {
            line.writeName("tokens");
            line.writeStartObject();
            line.writeNumberProperty("input", tokens.input());
            line.writeNumberProperty("output", tokens.output());
            line.writeEndObject();
        }
    }

    private static void parts(JsonGenerator line, @Nullable RequestParts parts) {
        if (parts != null) {
            line.writeName("parts");
            line.writeStartObject();
            text(line, "method", parts.method());
            text(line, "shape", parts.shape());
            text(line, "templates", parts.templates());
            text(line, "modelVersion", parts.modelVersion());
            text(line, "templateVersion", parts.templateVersion());
            text(line, "cacheVersion", parts.cacheVersion());
            line.writeEndObject();
        }
    }

    private static void text(JsonGenerator line, String name, @Nullable String text) {
        if (text != null) {
            line.writeStringProperty(name, wellFormed(text));
        }
    }

    /** Line breaks in JSON stand between its tokens only; inside of texts they are escaped. */
    private static String onOneLine(Payload payload) {
        return payload.json().replace('\n', ' ').replace('\r', ' ');
    }

    private static String wellFormed(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }
}
