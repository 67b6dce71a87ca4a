package io.github.llmcache.usage;

import io.github.llmcache.engine.CallSubject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The subject that the first resolver tells that knows one, or the shared one.
 *
 * <p>Thread-safe, and never throws.
 */
public final class ResolvedSubject implements CallSubject {

    private final List<UsageSubjectResolver> resolvers;
    private final @Nullable String shared;

    /**
     * Creates the subject.
     *
     * @param resolvers asked in this order
     * @param shared stands for everybody who is not known; blank if their usage is not counted
     */
    public ResolvedSubject(List<? extends UsageSubjectResolver> resolvers, String shared) {
        this.resolvers = List.copyOf(resolvers);
        this.shared = shared.isBlank() ? null : shared;
    }

    @Override
    public @Nullable String current() {
        for (UsageSubjectResolver resolver : resolvers) {
            String subject = ask(resolver);
            if (subject != null && !subject.isBlank()) {
                return subject;
            }
        }
        return shared;
    }

    private static @Nullable String ask(UsageSubjectResolver resolver) {
        try {
            return resolver.current();
        } catch (RuntimeException | LinkageError ex) {
            // No call fails for want of a name.
            return null;
        }
    }
}
