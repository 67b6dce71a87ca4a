/** Conversation memory of LangChain4j in Redis. */
@NullMarked
package io.github.llmcache.langchain4j.memory;

import org.jspecify.annotations.NullMarked;
