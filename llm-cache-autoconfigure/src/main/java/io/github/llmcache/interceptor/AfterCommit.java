package io.github.llmcache.interceptor;

import java.util.ArrayList;
import java.util.List;
import org.springframework.core.Ordered;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.util.ClassUtils;

/**
 * Holds back what is to be done once a transaction has committed, and drops it if the transaction is rolled back.
 *
 * <p>Before the commit the old data are what everybody reads, and an answer made from them would be cached again. Thread-safe.
 */
public final class AfterCommit {

    /** Holds nothing back. */
    private static final AfterCommit NOW = new AfterCommit(State.COMMITTED);

    private static final boolean TRANSACTIONS = ClassUtils.isPresent(
            "org.springframework.transaction.support.TransactionSynchronizationManager",
            AfterCommit.class.getClassLoader());

    /** What waits, in order; guards the state. */
    private final List<Runnable> held = new ArrayList<>();

    private State state;

    private AfterCommit(State state) {
        this.state = state;
    }

    private enum State {
        OPEN,
        COMMITTED,
        ROLLED_BACK
    }

    /** Where there is no transaction: what is to be done is done at once. */
    public static AfterCommit now() {
        return NOW;
    }

    /** For a transaction whose outcome is told by {@link #committed} or {@link #rolledBack}. */
    public static AfterCommit open() {
        return new AfterCommit(State.OPEN);
    }

    /** For the transaction of this thread, or {@link #now} where there is none. */
    static AfterCommit ofThread() {
        return TRANSACTIONS ? Registration.register() : NOW;
    }

    /** Whether the outcome of the transaction is not known yet. */
    boolean isOpen() {
        synchronized (held) {
            return state == State.OPEN;
        }
    }

    /**
     * Runs an action: on this thread if the transaction has committed, otherwise on the one that says that it has.
     *
     * @param action must not throw
     */
    public void run(Runnable action) {
        synchronized (held) {
            if (state == State.OPEN) {
                held.add(action);
            }
            if (state != State.COMMITTED) {
                return;
            }
        }
        action.run();
    }

    /** Runs on this thread what was held back; does nothing where the outcome is known already. */
    public void committed() {
        end(State.COMMITTED).forEach(Runnable::run);
    }

    /** Drops what was held back, and all that is still to come; does nothing where the outcome is known already. */
    public void rolledBack() {
        end(State.ROLLED_BACK);
    }

    private List<Runnable> end(State outcome) {
        synchronized (held) {
            if (state != State.OPEN) {
                return List.of();
            }
            state = outcome;
            List<Runnable> actions = List.copyOf(held);
            held.clear();
            return actions;
        }
    }

    /** In a class of its own, so that nothing of spring-tx is loaded where it is not there. */
    private record Registration(AfterCommit commit) implements TransactionSynchronization {

        static AfterCommit register() {
            if (!TransactionSynchronizationManager.isSynchronizationActive()
                    || !TransactionSynchronizationManager.isActualTransactionActive()) {
                return NOW;
            }
            AfterCommit commit = open();
            TransactionSynchronizationManager.registerSynchronization(new Registration(commit));
            return commit;
        }

        /** Before all others, which may ask for an answer, or throw. */
        @Override
        public int getOrder() {
            return Ordered.HIGHEST_PRECEDENCE;
        }

        @Override
        public void afterCommit() {
            commit.committed();
        }

        /** Of a transaction that another system commits, the outcome may never be known. */
        @Override
        public void afterCompletion(int status) {
            if (status == STATUS_ROLLED_BACK) {
                commit.rolledBack();
            } else {
                commit.committed();
            }
        }
    }
}
