package io.github.llmcache.langchain4j;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Where the text of one annotation comes from: the annotation itself or a resource, found where LangChain4j finds it.
 *
 * @param annotation the annotation's simple name
 * @param type the type that carries the annotation, or declares the method that does
 * @param method the name of the method that carries the annotation, or null if the type does
 * @param resource the resource's name, blank where the text stands in the annotation
 */
record TemplateText(
        String annotation, Class<?> type, @Nullable String method, String resource) {

    String read(String[] lines, String delimiter) {
        boolean inAnnotation = resource.isBlank();
        String text = inAnnotation ? String.join(delimiter, lines) : readResource();
        if (text.isBlank()) {
            throw new IllegalArgumentException(
                    inAnnotation
                            ? owner()
                                    + " has no text. Write the text into the annotation, or name a file with fromResource."
                            : owner() + " names the resource '" + resource
                                    + "', which is empty. Write the text into it.");
        }
        return text;
    }

    private String readResource() {
        try (InputStream stream = open()) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException ex) {
            throw new IllegalArgumentException(
                    owner() + " names the resource '" + resource + "', which can't be read. Look at the cause.", ex);
        }
    }

    private InputStream open() {
        InputStream besideType = type.getResourceAsStream(resource);
        if (besideType != null) {
            return besideType;
        }
        InputStream fromRoot = type.getResourceAsStream("/" + resource);
        if (fromRoot != null) {
            return fromRoot;
        }
        throw new IllegalArgumentException(missing());
    }

    private String missing() {
        boolean absolute = resource.startsWith("/");
        String root = absolute ? resource.substring(1) : resource;
        String beside = type.getPackageName().replace('.', '/') + "/" + resource;
        return owner() + " names the resource '" + resource + "', but the class path has no "
                + (absolute ? root : beside + " and no " + root)
                + ". Put the text into src/main/resources/" + root
                + ", or write the name of the file that you have, such as fromResource = \"/prompts/system.txt\".";
    }

    private String owner() {
        return "@" + annotation + " on " + type.getName() + (method == null ? "" : "." + method);
    }
}
