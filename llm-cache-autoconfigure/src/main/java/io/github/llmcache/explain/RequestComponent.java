package io.github.llmcache.explain;

/** A part of a request that its key is made from. */
public enum RequestComponent {
    /** The bean, its class and the method, or the decorated model. */
    METHOD("method"),
    /** The type that the method returns, with the fields of its classes. */
    RETURN_SHAPE("return shape"),
    /** The texts that the prompt is built from besides the arguments. */
    TEMPLATES("templates"),
    /** The name of the model. */
    MODEL("model"),
    /** The registered version of the model. */
    MODEL_VERSION("model version"),
    /** The version of the prompt template: {@code @CachedPrompt(version)}. */
    TEMPLATE_VERSION("template version"),
    /** What {@code llm-cache.version} or that of the cache says. */
    CACHE_VERSION("cache version"),
    /** Whose answer it is. */
    SCOPE("scope"),
    /** The folded prompt. */
    PROMPT("prompt"),
    /** The arguments besides the prompt (the prompt among them where an entry does not tell its own), or what an explicit key yields. */
    ARGUMENTS("arguments");

    private final String label;

    RequestComponent(String label) {
        this.label = label;
    }

    /** What people call it, such as {@code model version}. */
    public String label() {
        return label;
    }

    /** Whether its values are names and versions that the application's settings say, and no text of anybody who asked. */
    public boolean isSetting() {
        return switch (this) {
            case MODEL, MODEL_VERSION, TEMPLATE_VERSION, CACHE_VERSION -> true;
            case METHOD, RETURN_SHAPE, TEMPLATES, SCOPE, PROMPT, ARGUMENTS -> false;
        };
    }
}
