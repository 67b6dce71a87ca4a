package io.github.llmcache.context;

import io.github.llmcache.usage.UsageSubjectResolver;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolderStrategy;

/** The name of who is logged in on the caller's thread; nobody's where nobody is, or an anonymous user. Thread-safe. */
public final class SecuritySubject implements UsageSubjectResolver {

    private final Supplier<SecurityContextHolderStrategy> strategy;

    /**
     * Creates the resolver.
     *
     * @param strategy where Spring Security keeps who is logged in; asked at each call, because an application may set
     *     another one after its start
     */
    public SecuritySubject(Supplier<SecurityContextHolderStrategy> strategy) {
        this.strategy = strategy;
    }

    @Override
    public @Nullable String current() {
        Authentication login = strategy.get().getContext().getAuthentication();
        return login == null || !login.isAuthenticated() || login instanceof AnonymousAuthenticationToken
                ? null
                : login.getName();
    }
}
