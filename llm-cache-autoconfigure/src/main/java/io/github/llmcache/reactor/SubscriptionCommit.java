package io.github.llmcache.reactor;

import io.github.llmcache.interceptor.AfterCommit;
import java.util.function.Function;
import org.springframework.core.Ordered;
import org.springframework.transaction.NoTransactionException;
import org.springframework.transaction.reactive.TransactionSynchronization;
import org.springframework.transaction.reactive.TransactionSynchronizationManager;
import org.springframework.util.ClassUtils;
import reactor.core.publisher.Mono;

/** Finds the transaction in the context of a subscription. */
final class SubscriptionCommit {

    private static final boolean TRANSACTIONS = ClassUtils.isPresent(
            "org.springframework.transaction.reactive.TransactionSynchronizationManager",
            SubscriptionCommit.class.getClassLoader());

    private SubscriptionCommit() {}

    /**
     * Gives what waits for the commit of the subscription's transaction, or for nothing where there is none.
     *
     * @param starting starts what may block, and tells when it is done
     */
    static Mono<AfterCommit> find(Function<Runnable, Mono<Void>> starting) {
        return TRANSACTIONS ? Registration.register(starting) : Mono.just(AfterCommit.now());
    }

    /** In a class of its own, so that nothing of spring-tx is loaded where it is not there. */
    private record Registration(AfterCommit commit, Function<Runnable, Mono<Void>> starting)
            implements TransactionSynchronization, Ordered {

        static Mono<AfterCommit> register(Function<Runnable, Mono<Void>> starting) {
            return TransactionSynchronizationManager.forCurrentTransaction()
                    .filter(manager -> manager.isSynchronizationActive() && manager.isActualTransactionActive())
                    .map(manager -> {
                        AfterCommit commit = AfterCommit.open();
                        manager.registerSynchronization(new Registration(commit, starting));
                        return commit;
                    })
                    .onErrorComplete(NoTransactionException.class)
                    .defaultIfEmpty(AfterCommit.now());
        }

        /** Before all others, which may ask for an answer, or fail. */
        @Override
        public int getOrder() {
            return HIGHEST_PRECEDENCE;
        }

        @Override
        public Mono<Void> afterCommit() {
            return Mono.defer(() -> starting.apply(commit::committed));
        }

        /** Where another failed after the commit, or the outcome is not known. */
        @Override
        public Mono<Void> afterCompletion(int status) {
            return status == STATUS_ROLLED_BACK ? Mono.fromRunnable(commit::rolledBack) : afterCommit();
        }
    }
}
