package io.github.llmcache.event;

/** Why a call passed the cache by. */
public enum BypassReason {
    /** The {@code condition} was false. */
    CONDITION,
    /** A scope is asked for, but was null or blank in this call. */
    SCOPE,
    /** The prompt was null, empty or blank. */
    PROMPT,
    /** An argument has no stable encoding. */
    ARGUMENT,
    /** An expression of the annotation failed in this call. */
    EXPRESSION,
    /** The bean that was called is one of several of its class, and can't be told from the others. */
    BEAN,
    /** A strategy, such as a key generator, failed. */
    STRATEGY,
    /** The request to the model is not one that is cached, as for its temperature. */
    ADMISSION,
    /** The call carried the directive {@code no-store}. */
    NO_STORE,
    /** The cache is switched off, or nobody knows yet whether it is, because the application has just started. */
    MODE,
    /** What is registered of the model has not been read yet, so its version is not known. */
    MODEL_CONFIG
}
