package io.github.llmcache.key;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an entry tells of the request that it answers, so that people can be told in what another request differs: short
 * digests of what is long, and versions as they are.
 *
 * <p>Nothing of it comes from the arguments or the scope of a call. Immutable.
 *
 * @param method a digest of the identity of the method or model, 8 characters
 * @param shape a digest of the description of the answer's type, 8 characters
 * @param templates a digest of the templates, 8 characters, or null where there are none
 * @param modelVersion the version of the model, or null
 * @param templateVersion the version of the template, or null
 * @param cacheVersion the version that joins every key of the application, or null
 */
public record RequestParts(
        String method,
        String shape,
        @Nullable String templates,
        @Nullable String modelVersion,
        @Nullable String templateVersion,
        @Nullable String cacheVersion) {

    /** Texts are all that is written with it. */
    private static final ArgumentEncoding PLAIN = new ArgumentEncoding(List.of());

    /** The length from which on a version is cut. */
    private static final int LONGEST = 40;

    /** 48 bits: that two methods of one cache meet by accident is out of the question, and nobody is served by it. */
    private static final int DIGEST = 8;

    static RequestParts of(RequestOrigin origin) {
        return new RequestParts(
                digest(new CanonicalWriter(PLAIN).text(origin.method())),
                digest(new CanonicalWriter(PLAIN).text(origin.returnShape())),
                origin.templates().isEmpty() ? null : digestOfTemplates(origin),
                version(origin.modelVersion()),
                version(origin.templateVersion()),
                version(origin.cacheVersion()));
    }

    /**
     * Tells whether a version stands here as it is, since a long one is cut and digested.
     *
     * @param version one of the versions here
     * @return false if it is cut
     */
    public static boolean isWhole(@Nullable String version) {
        return version == null || version.length() < LONGEST;
    }

    private static String digestOfTemplates(RequestOrigin origin) {
        CanonicalWriter out =
                new CanonicalWriter(PLAIN).group("templates", origin.templates().size());
        origin.templates().forEach(out::text);
        return digest(out);
    }

    private static @Nullable String version(@Nullable String version) {
        if (version == null) {
            return null;
        }
        // A lone surrogate has no form in UTF-8; what is kept is compared with what was read.
        String text = new String(version.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        return text.length() < LONGEST
                ? text
                : text.substring(0, LONGEST - DIGEST - 1) + "~" + digest(new CanonicalWriter(PLAIN).text(version));
    }

    private static String digest(CanonicalWriter canonical) {
        return CanonicalKeyGenerator.digest(canonical).substring(0, DIGEST);
    }
}
