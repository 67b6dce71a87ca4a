package io.github.llmcache.sample.model;

import java.net.URI;
import java.util.Locale;

/**
 * The model that answers.
 *
 * @param name its name, with the provider and a server's own address in it
 * @param demo whether it is the built-in one
 */
public record AnsweringModel(String name, boolean demo) {

    static final String DEMO = "demo";

    static AnsweringModel of(ModelProperties properties) {
        Provider provider = properties.provider();
        return switch (provider) {
            case OPENAI -> at(provider, properties.openai());
            case ANTHROPIC -> at(provider, properties.anthropic());
            case GEMINI -> at(provider, properties.gemini());
            case DEMO -> new AnsweringModel(DEMO, true);
        };
    }

    // Equal names on two servers may be different models, and the name keeps their answers apart in the cache.
    private static AnsweringModel at(Provider provider, ModelAccess access) {
        String name = provider.name().toLowerCase(Locale.ROOT) + "/" + access.modelName();
        String baseUrl = access.baseUrlOrNull();
        return new AnsweringModel(baseUrl == null ? name : name + "@" + server(URI.create(baseUrl)), false);
    }

    // Host and port alone: an address may carry credentials.
    private static String server(URI address) {
        return address.getPort() < 0 ? address.getHost() : address.getHost() + ":" + address.getPort();
    }
}
