package io.github.llmcache.key;

/** Says that an argument has no encoding that is the same in every JVM, so that no key can be made of it. */
public final class UnstableArgumentException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param type the type that can't be encoded
     * @param reason why, without the argument's content
     */
    public UnstableArgumentException(Class<?> type, String reason) {
        super(type.getName() + " " + reason);
    }
}
