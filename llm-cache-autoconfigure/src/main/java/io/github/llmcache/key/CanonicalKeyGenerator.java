package io.github.llmcache.key;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * The default key generator: the SHA-256 (FIPS 180-4) of the request's canonical, length-prefixed encoding, in base64url
 * (RFC 4648) without padding.
 *
 * <p>Thread-safe.
 */
public final class CanonicalKeyGenerator implements PromptKeyGenerator {

    /** Raised when the encoding changes, so that keys of different encodings never meet. */
    private static final int FORMAT = 1;

    /** Copied for each key, which is quicker than to look a new one up. */
    private static final MessageDigest SHA256 = sha256();

    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    private final ArgumentEncoding encoding;

    /**
     * Creates the generator.
     *
     * @param encoding how arguments are encoded
     */
    public CanonicalKeyGenerator(ArgumentEncoding encoding) {
        this.encoding = encoding;
    }

    /**
     * Tells by what arguments are encoded.
     *
     * @param other an encoding
     * @return whether it is this generator's own
     */
    public boolean encodesBy(ArgumentEncoding other) {
        return encoding == other;
    }

    @Override
    public PromptKey generate(PromptRequest request) {
        return new PromptKey(
                request.cache(), digest(write(request)), request.prompt(), request.model(), RequestOrigin.of(request));
    }

    static String digest(CanonicalWriter canonical) {
        MessageDigest digest = copy();
        canonical.update(digest);
        return BASE64.encodeToString(digest.digest());
    }

    /** The bytes that are digested; two requests that differ in anything have different ones. */
    byte[] canonical(PromptRequest request) {
        return write(request).toByteArray();
    }

    private CanonicalWriter write(PromptRequest request) {
        CanonicalWriter out = new CanonicalWriter(encoding);
        out.number(FORMAT).text(request.cache()).text(request.method()).text(request.returnShape());
        out.group("templates", request.templates().size());
        request.templates().forEach(out::text);
        out.text(request.model())
                .text(request.modelVersion())
                .text(request.templateVersion())
                .text(request.cacheVersion())
                .text(request.scope());
        out.group("arguments", request.arguments().size());
        request.arguments().forEach(out::value);
        return out;
    }

    private static MessageDigest copy() {
        try {
            return (MessageDigest) SHA256.clone();
        } catch (CloneNotSupportedException ex) {
            // That of a security provider of the application's own, perhaps.
            return sha256();
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException ex) {
            throw new IllegalStateException("Every Java platform has SHA-256", ex);
        }
    }
}
