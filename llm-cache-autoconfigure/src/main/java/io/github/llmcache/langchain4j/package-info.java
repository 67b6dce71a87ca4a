/** LangChain4j's types in keys and answers, and its annotations on methods. */
@NullMarked
package io.github.llmcache.langchain4j;

import org.jspecify.annotations.NullMarked;
