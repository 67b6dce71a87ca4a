/** The wiring of LangChain4j's conversation memory in Redis. */
@NullMarked
package io.github.llmcache.autoconfigure.langchain4j.memory;

import org.jspecify.annotations.NullMarked;
