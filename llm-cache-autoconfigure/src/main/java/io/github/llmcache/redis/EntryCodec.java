package io.github.llmcache.redis;

import io.github.llmcache.key.RequestParts;
import io.github.llmcache.payload.Payload;
import io.github.llmcache.payload.TokenCount;
import io.github.llmcache.tier.CacheEntry;
import io.github.llmcache.tier.EntryTerms;
import io.github.llmcache.tier.FailureKind;
import io.github.llmcache.tier.TierException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes and reads the envelope that an entry has in Redis: one JSON object, written with its version first and its payload last.
 *
 * <pre>{@code {"v":1,"digest":"…","createdAt":1763886000000,"freshUntil":1763889600000,"expiresAt":1763889600000,"model":"gpt",
 *  "prompt":"…","tokens":{"input":12,"output":80},"scope":"…","key":"…","tags":["…"],
 *  "parts":{"method":"…","shape":"…","templates":"…","modelVersion":"…"},"size":1502,"payload":"…"}}</pre>
 *
 * <p>Times are milliseconds since 1970, the size is that of the payload in bytes; {@code expiresAt} is there in the hash
 * layout only. A reader skips fields that it does not know, reads its own version and the one
 * before, and leaves newer versions alone. The payload is cut out of the bytes and never made into objects. Thread-safe.
 */
final class EntryCodec {

    /** The version that is written. Raised when a reader of the version before could misread an entry. */
    private static final int VERSION = 1;

    private static final String PARTS = "parts";

    private static final byte[] PAYLOAD = ",\"payload\":".getBytes(StandardCharsets.US_ASCII);

    /** Writes an envelope that is to be believed for as long as it stands in Redis. */
    byte[] write(CacheEntry entry) {
        return write(entry, null);
    }

    /** Writes an envelope, and until when it is to be believed, wherever it stands. */
    byte[] write(CacheEntry entry, @Nullable Instant expiresAt) {
        Payload payload = entry.payload();
        ByteArrayOutputStream out = new ByteArrayOutputStream(payload.length() + 512);
        try (JsonGenerator header = Json.MAPPER.createGenerator(out)) {
            header.writeStartObject();
            header.writeNumberProperty("v", VERSION);
            header.writeStringProperty("digest", entry.digest());
            header.writeNumberProperty("createdAt", entry.createdAt().toEpochMilli());
            header.writeNumberProperty("freshUntil", entry.freshUntil().toEpochMilli());
            if (expiresAt != null) {
                // Stands here because a script looks for it at this place.
                header.writeNumberProperty("expiresAt", expiresAt.toEpochMilli());
            }
            if (entry.model() != null) {
                header.writeStringProperty("model", wellFormed(entry.model()));
            }
            if (entry.prompt() != null) {
                header.writeStringProperty("prompt", wellFormed(entry.prompt()));
            }
            if (entry.tokens() != null) {
                header.writeName("tokens");
                header.writeStartObject();
                header.writeNumberProperty("input", entry.tokens().input());
                header.writeNumberProperty("output", entry.tokens().output());
                header.writeEndObject();
            }
            writeTerms(header, entry.terms());
            if (entry.parts() != null) {
                writeParts(header, entry.parts());
            }
            // Read before the payload, it spares a reader to look for the payload's end.
            header.writeNumberProperty("size", payload.length());
            header.writeEndObject();
        }
        byte[] head = out.toByteArray();
        byte[] envelope = new byte[head.length + PAYLOAD.length + payload.length()];
        int at = head.length - 1;
        System.arraycopy(head, 0, envelope, 0, at);
        System.arraycopy(PAYLOAD, 0, envelope, at, PAYLOAD.length);
        at += PAYLOAD.length;
        System.arraycopy(payload.bytes(), payload.offset(), envelope, at, payload.length());
        envelope[envelope.length - 1] = '}';
        return envelope;
    }

    private static void writeTerms(JsonGenerator header, EntryTerms terms) {
        if (terms.scope() != null) {
            header.writeStringProperty("scope", wellFormed(terms.scope()));
        }
        if (terms.key() != null) {
            header.writeStringProperty("key", wellFormed(terms.key()));
        }
        if (!terms.tags().isEmpty()) {
            header.writeName("tags");
            header.writeStartArray();
            terms.tags().forEach(tag -> header.writeString(wellFormed(tag)));
            header.writeEndArray();
        }
    }

    private static void writeParts(JsonGenerator header, RequestParts parts) {
        header.writeName(PARTS);
        header.writeStartObject();
        header.writeStringProperty("method", parts.method());
        header.writeStringProperty("shape", parts.shape());
        writeIfThere(header, "templates", parts.templates());
        writeIfThere(header, "modelVersion", parts.modelVersion());
        writeIfThere(header, "templateVersion", parts.templateVersion());
        writeIfThere(header, "cacheVersion", parts.cacheVersion());
        header.writeEndObject();
    }

    private static void writeIfThere(JsonGenerator header, String name, @Nullable String text) {
        if (text != null) {
            header.writeStringProperty(name, wellFormed(text));
        }
    }

    /**
     * Reads an envelope for a call, without the parts of the request, which no call has a use for.
     *
     * @throws TierException of kind UNREADABLE or NEWER_FORMAT
     */
    CacheEntry read(byte[] envelope) {
        return decode(envelope).entry();
    }

    /**
     * What an envelope holds.
     *
     * @param entry the entry
     * @param expiresAt until when it is to be believed, or null where that is for as long as it stands in Redis
     */
    record Decoded(CacheEntry entry, @Nullable Instant expiresAt) {

        boolean hasEnded(InstantSource clock) {
            return expiresAt != null && !clock.instant().isBefore(expiresAt);
        }
    }

    /**
     * Reads an envelope for a call, as {@link #read} does.
     *
     * @throws TierException of kind UNREADABLE or NEWER_FORMAT
     */
    Decoded decode(byte[] envelope) {
        Decoded plain = PlainEnvelope.read(envelope);
        return plain != null ? plain : parse(envelope);
    }

    /** Reads an envelope for a call in whatever form, with its fields in any order. */
    Decoded parse(byte[] envelope) {
        return parse(envelope, false);
    }

    /**
     * Reads an envelope with the parts of the request, for people, and looks into the payload.
     *
     * @throws TierException of kind UNREADABLE or NEWER_FORMAT
     */
    Decoded readWhole(byte[] envelope) {
        return parse(envelope, true);
    }

    private static Decoded parse(byte[] envelope, boolean whole) {
        try (JsonParser parser = Json.MAPPER.createParser(envelope)) {
            return new Envelope(envelope, whole).read(parser);
        } catch (JacksonException | IllegalArgumentException ex) {
            // Jackson's message can quote the content, so it is not carried on.
            throw unreadable("is no JSON that an entry can be read from ("
                    + ex.getClass().getSimpleName() + ")");
        }
    }

    private static TierException unreadable(String why) {
        return new TierException(FailureKind.UNREADABLE, "The value " + why, null);
    }

    /** A lone surrogate has no form in UTF-8; the digest alone identifies, so showing a substitute does no harm. */
    private static String wellFormed(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    /**
     * One envelope while it is read.
     *
     * <p>A newer format may hold anything in any order, so a field that is not as expected is judged only when the
     * version is known.
     */
    private static final class Envelope {

        private final byte[] bytes;
        private final boolean whole;
        private long version = -1;
        private boolean malformed;
        private @Nullable String digest;
        private long createdAt = -1;
        private long freshUntil = -1;
        private @Nullable Instant expiresAt;
        private @Nullable String model;
        private @Nullable String prompt;
        private @Nullable TokenCount tokens;
        private @Nullable String scope;
        private @Nullable String key;
        private List<String> tags = List.of();
        private @Nullable RequestParts parts;
        private @Nullable Payload payload;

        Envelope(byte[] bytes, boolean whole) {
            this.bytes = bytes;
            this.whole = whole;
        }

        Decoded read(JsonParser parser) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw unreadable("is no JSON object");
            }
            if (parser.currentTokenLocation().getByteOffset() < 0) {
                throw unreadable("is not in UTF-8");
            }
            JsonToken token = parser.nextToken();
            while (token == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                token = name.equals("payload") ? payload(parser) : field(name, parser);
            }
            // All of it is looked at, so that what is cut off or was added to is never taken for whole.
            if (token != JsonToken.END_OBJECT || parser.nextToken() != null) {
                throw unreadable("is no single JSON object");
            }
            return new Decoded(entry(), expiresAt);
        }

        private JsonToken field(String name, JsonParser parser) {
            switch (name) {
                case "v" -> version(parser);
                case "digest" -> digest = text(parser);
                case "createdAt" -> createdAt = number(parser);
                case "freshUntil" -> freshUntil = number(parser);
                case "expiresAt" -> expiresAt = Instant.ofEpochMilli(number(parser));
                case "model" -> model = text(parser);
                case "prompt" -> prompt = text(parser);
                case "tokens" -> tokens(parser);
                case "scope" -> scope = text(parser);
                case "key" -> key = text(parser);
                case "tags" -> tags = texts(parser);
                case PARTS -> parts(parser);
                default -> parser.skipChildren();
            }
            return parser.nextToken();
        }

        private void version(JsonParser parser) {
            version = number(parser);
            if (version > VERSION) {
                throw new TierException(FailureKind.NEWER_FORMAT, "The value is an entry of format " + version, null);
            }
        }

        private @Nullable String text(JsonParser parser) {
            if (parser.currentToken() == JsonToken.VALUE_STRING) {
                return parser.getString();
            }
            malformed |= parser.currentToken() != JsonToken.VALUE_NULL;
            parser.skipChildren();
            return null;
        }

        private List<String> texts(JsonParser parser) {
            List<String> texts = new ArrayList<>();
            if (parser.currentToken() != JsonToken.START_ARRAY) {
                malformed |= parser.currentToken() != JsonToken.VALUE_NULL;
                parser.skipChildren();
                return texts;
            }
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                String text = text(parser);
                if (text == null) {
                    malformed = true;
                } else {
                    texts.add(text);
                }
            }
            return texts;
        }

        private long number(JsonParser parser) {
            if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
                return parser.getLongValue();
            }
            malformed = true;
            parser.skipChildren();
            return -1;
        }

        private void tokens(JsonParser parser) {
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                malformed = true;
                parser.skipChildren();
                return;
            }
            long input = 0;
            long output = 0;
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                if (name.equals("input")) {
                    input = number(parser);
                } else if (name.equals("output")) {
                    output = number(parser);
                } else {
                    parser.skipChildren();
                }
            }
            if (input < 0 || output < 0) {
                malformed = true;
            } else {
                tokens = new TokenCount(input, output);
            }
        }

        /** The parts are for people: where they are not as expected, the entry has none, and answers all the same. */
        private void parts(JsonParser parser) {
            if (!whole || parser.currentToken() != JsonToken.START_OBJECT) {
                parser.skipChildren();
                return;
            }
            Map<String, String> found = new HashMap<>();
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                if (parser.nextToken() == JsonToken.VALUE_STRING) {
                    found.put(name, parser.getString());
                } else {
                    parser.skipChildren();
                }
            }
            String method = found.get("method");
            String shape = found.get("shape");
            if (method != null && shape != null) {
                parts = new RequestParts(
                        method,
                        shape,
                        found.get("templates"),
                        found.get("modelVersion"),
                        found.get("templateVersion"),
                        found.get("cacheVersion"));
            }
        }

        /** Cuts the payload out: it ends before the white space, comma and quote that come before the next token. */
        private JsonToken payload(JsonParser parser) {
            int start = (int) parser.currentTokenLocation().getByteOffset();
            parser.skipChildren();
            JsonToken next = parser.nextToken();
            int end = (int) parser.currentTokenLocation().getByteOffset();
            while (end > start && (bytes[end - 1] <= ' ' && bytes[end - 1] >= 0 || bytes[end - 1] == ',')) {
                end--;
            }
            payload = Payload.of(bytes, start, Math.max(0, end - start));
            return next;
        }

        private CacheEntry entry() {
            if (version != VERSION && version != VERSION - 1 || version < 1) {
                throw unreadable("names no format that this release knows");
            }
            if (malformed || digest == null || payload == null || createdAt < 0 || freshUntil < 0) {
                throw unreadable("lacks a field that every entry has, or has one of another type");
            }
            return new CacheEntry(
                    digest,
                    payload,
                    Instant.ofEpochMilli(createdAt),
                    Instant.ofEpochMilli(freshUntil),
                    model,
                    prompt,
                    tokens,
                    new EntryTerms(scope, key, tags),
                    parts);
        }
    }

    /** Made when the first entry is read or written: to load Jackson takes an application that starts long. */
    private static final class Json {

        static final JsonMapper MAPPER = JsonMapper.builder().build();
    }
}
