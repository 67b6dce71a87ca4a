package io.github.llmcache.langchain4j;

/** What a model threw, on its way to the caller untouched. */
final class Unchecked {

    private Unchecked() {}

    /** Throws what is given, checked or not; written to be thrown, so that the compiler sees the end. */
    @SuppressWarnings("unchecked")
    static <E extends Throwable> RuntimeException rethrow(Throwable failure) throws E {
        throw (E) failure;
    }
}
