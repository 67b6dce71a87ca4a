/** The wiring of LangChain4j's types and annotations. */
@NullMarked
package io.github.llmcache.autoconfigure.langchain4j;

import org.jspecify.annotations.NullMarked;
