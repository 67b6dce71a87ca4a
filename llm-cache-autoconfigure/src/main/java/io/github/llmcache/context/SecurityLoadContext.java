package io.github.llmcache.context;

import io.github.llmcache.engine.LoadContext;
import java.util.function.Supplier;
import org.springframework.security.concurrent.DelegatingSecurityContextRunnable;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolderStrategy;

/**
 * Carries who is logged in, as it is when the call begins: a later login or logout of the caller changes nothing of it.
 *
 * <p>Where nobody is, nobody is on the other thread either.
 */
public final class SecurityLoadContext implements LoadContext {

    private final Supplier<SecurityContextHolderStrategy> strategy;

    /**
     * Creates the context.
     *
     * @param strategy where Spring Security keeps who is logged in; asked at each call, because an application may set
     *     another one after its start
     */
    public SecurityLoadContext(Supplier<SecurityContextHolderStrategy> strategy) {
        this.strategy = strategy;
    }

    @Override
    public Runnable capture(Runnable task) {
        SecurityContextHolderStrategy holder = strategy.get();
        SecurityContext captured = holder.createEmptyContext();
        captured.setAuthentication(holder.getContext().getAuthentication());
        DelegatingSecurityContextRunnable carrying = new DelegatingSecurityContextRunnable(task, captured);
        carrying.setSecurityContextHolderStrategy(holder);
        return carrying;
    }
}
