package io.github.llmcache.interceptor;

import org.springframework.core.Ordered;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.util.ClassUtils;

/**
 * Does something once the transaction of this thread has committed, and never if it is rolled back.
 *
 * <p>Before the commit the old data are what everybody reads, and an answer made from them would be cached again.
 */
final class AfterCommit {

    private static final boolean TRANSACTIONS = ClassUtils.isPresent(
            "org.springframework.transaction.support.TransactionSynchronizationManager",
            AfterCommit.class.getClassLoader());

    private AfterCommit() {}

    /** Runs the action after the commit, or now where there is no transaction; on this thread in most cases. */
    static void run(Runnable action) {
        if (!TRANSACTIONS || !Registration.tryRegister(action)) {
            action.run();
        }
    }

    /** In a class of its own, so that nothing of spring-tx is loaded where it is not there. */
    private static final class Registration implements TransactionSynchronization {

        private final Runnable action;
        private boolean done;

        private Registration(Runnable action) {
            this.action = action;
        }

        static boolean tryRegister(Runnable action) {
            if (!TransactionSynchronizationManager.isSynchronizationActive()
                    || !TransactionSynchronizationManager.isActualTransactionActive()) {
                return false;
            }
            TransactionSynchronizationManager.registerSynchronization(new Registration(action));
            return true;
        }

        /** Before all others, which may ask for an answer, or throw. */
        @Override
        public int getOrder() {
            return Ordered.HIGHEST_PRECEDENCE;
        }

        @Override
        public void afterCommit() {
            done = true;
            action.run();
        }

        /** Of a transaction that another system commits, the outcome may never be known. */
        @Override
        public void afterCompletion(int status) {
            if (!done && status != STATUS_ROLLED_BACK) {
                action.run();
            }
        }
    }
}
