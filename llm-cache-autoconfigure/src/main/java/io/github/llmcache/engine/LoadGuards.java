package io.github.llmcache.engine;

import io.github.llmcache.engine.LoadGuard.Permit;
import io.github.llmcache.event.AnswerCost;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * All guards as one: each has to give its permit.
 *
 * <p>A guard that fails rather than refuses is passed by: it is not to be the reason that a call fails.
 */
final class LoadGuards implements LoadGuard {

    private static final Log log = LogFactory.getLog(LoadGuards.class);

    private static final Permit NOTHING = () -> {};

    private final List<LoadGuard> guards;

    LoadGuards(List<? extends LoadGuard> guards) {
        this.guards = List.copyOf(guards);
    }

    @Override
    public Permit ask(LoadRequest request) {
        if (guards.isEmpty()) {
            return NOTHING;
        }
        List<Permit> permits = new ArrayList<>(guards.size());
        try {
            for (LoadGuard guard : guards) {
                permits.add(askOne(guard, request));
            }
        } catch (Throwable refusal) {
            each(permits, Permit::unused);
            throw refusal;
        }
        return new Permit() {
            @Override
            public void end() {
                each(permits, Permit::end);
            }

            @Override
            public void end(@Nullable AnswerCost cost) {
                each(permits, permit -> permit.end(cost));
            }

            @Override
            public void unused() {
                each(permits, Permit::unused);
            }
        };
    }

    private static Permit askOne(LoadGuard guard, LoadRequest request) {
        try {
            return guard.ask(request);
        } catch (LoadRefusedException refusal) {
            throw refusal;
        } catch (VirtualMachineError ex) {
            throw ex;
        } catch (Throwable ex) {
            log.warn("The load guard " + guard.getClass().getName() + " failed and was passed by: "
                    + ex.getClass().getName());
            return NOTHING;
        }
    }

    private static void each(List<Permit> permits, Consumer<Permit> end) {
        for (Permit permit : permits) {
            try {
                end.accept(permit);
            } catch (RuntimeException | LinkageError ex) {
                log.warn("A permit failed to end: " + ex.getClass().getName());
            }
        }
    }
}
