package io.github.llmcache.sample.model;

/** Who runs the model. */
enum Provider {
    OPENAI,
    ANTHROPIC,
    GEMINI,
    DEMO
}
