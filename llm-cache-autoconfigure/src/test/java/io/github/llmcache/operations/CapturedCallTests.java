package io.github.llmcache.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llmcache.annotation.CachedPrompt;
import io.github.llmcache.testing.CacheApplication;
import io.github.llmcache.testing.RealRedis;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.NameMatchMethodPointcut;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.SmartTransactionObject;
import org.springframework.transaction.support.TransactionTemplate;

/** What advice around a cached method sees of a call that only names a request. */
class CapturedCallTests {

    private final RealRedis redis = RealRedis.shared();

    private final ApplicationContextRunner application = CacheApplication.on(redis)
            .withBean(Oracle.class)
            .withBean(Transactions.class)
            .withUserConfiguration(WithTransactions.class);

    @BeforeEach
    void empty() {
        redis.commands().flushall();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableTransactionManagement
    static class WithTransactions {}

    static class Oracle {

        private final AtomicInteger calls = new AtomicInteger();

        public int calls() {
            return calls.get();
        }

        @CachedPrompt
        @Transactional
        public String ask(String question) {
            calls.incrementAndGet();
            return "model's answer";
        }

        @CachedPrompt
        @Transactional
        public int count(String question) {
            calls.incrementAndGet();
            return 7;
        }

        @CachedPrompt
        @Transactional
        public CompletableFuture<String> later(String question) {
            calls.incrementAndGet();
            return CompletableFuture.completedFuture("model's answer");
        }
    }

    /** Transactions without a database, one of which takes part in another. */
    static class Transactions extends AbstractPlatformTransactionManager {

        private final transient List<String> ends = new ArrayList<>();
        private transient Transaction current = new Transaction();

        static final class Transaction implements SmartTransactionObject {

            private boolean active;
            private boolean rollbackOnly;

            @Override
            public boolean isRollbackOnly() {
                return rollbackOnly;
            }

            @Override
            public void flush() {}
        }

        @Override
        protected Object doGetTransaction() {
            return current;
        }

        @Override
        protected boolean isExistingTransaction(Object transaction) {
            return current.active;
        }

        @Override
        protected void doBegin(Object transaction, TransactionDefinition definition) {
            current.active = true;
        }

        @Override
        protected void doCommit(DefaultTransactionStatus status) {
            ends.add("committed");
        }

        @Override
        protected void doRollback(DefaultTransactionStatus status) {
            ends.add("rolled back");
        }

        @Override
        protected void doSetRollbackOnly(DefaultTransactionStatus status) {
            current.rollbackOnly = true;
        }

        @Override
        protected void doCleanupAfterCompletion(Object transaction) {
            current = new Transaction();
        }
    }

    private interface Task {
        void run(PromptCacheOperations operations, Oracle oracle);
    }

    private void inTransaction(Task task) {
        application.run(context -> {
            assertThat(context).hasNotFailed();
            Transactions transactions = context.getBean(Transactions.class);
            PromptCacheOperations operations = context.getBean(PromptCacheOperations.class);
            Oracle oracle = context.getBean(Oracle.class);

            new TransactionTemplate(transactions).executeWithoutResult(status -> {
                task.run(operations, oracle);
                assertThat(status.isRollbackOnly()).isFalse();
            });

            assertThat(transactions.ends).containsExactly("committed");
            assertThat(oracle.calls()).isZero();
        });
    }

    @Test
    void what_is_put_and_evicted_leaves_the_transaction_of_the_caller_as_it_is() {
        inTransaction((operations, oracle) -> {
            assertThat(operations.put(() -> oracle.ask("question"), "by hand")).isTrue();
            assertThat(operations.evict(() -> oracle.ask("question"))).isTrue();
        });
    }

    @Test
    void a_look_up_that_finds_nothing_leaves_the_transaction_of_the_caller_as_it_is() {
        inTransaction((operations, oracle) -> {
            assertThat(operations.lookUp(() -> oracle.ask("question"))).isEmpty();
            assertThat(operations.lookUpAsync(() -> oracle.later("question")).join())
                    .isEmpty();
        });
    }

    @Test
    void a_look_up_of_a_call_that_passes_the_cache_by_is_empty_and_asks_nobody() {
        inTransaction((operations, oracle) ->
                assertThat(operations.lookUp(() -> oracle.ask(" "))).isEmpty());
    }

    @Test
    void methods_that_return_a_primitive_or_a_stage_are_named_as_others_are() {
        inTransaction((operations, oracle) -> {
            operations.put(() -> oracle.count("question"), 42);
            operations.put(() -> oracle.later("question").thenApply(answer -> "more"), "by hand");

            assertThat(operations.lookUp(() -> oracle.count("question"))).contains(42);
            assertThat(oracle.later("question").join()).isEqualTo("by hand");
        });
    }

    @Test
    void of_several_calls_in_a_task_the_first_one_counts_and_none_runs() {
        inTransaction((operations, oracle) -> {
            operations.put(() -> List.of("" + oracle.ask("first"), oracle.count("second")), "by hand");

            assertThat(oracle.ask("first")).isEqualTo("by hand");
        });
    }

    @Test
    void a_task_that_trips_over_the_missing_answer_names_its_request_all_the_same() {
        inTransaction((operations, oracle) -> {
            assertThat(operations.put(() -> oracle.ask("question").strip(), "by hand"))
                    .isTrue();
            assertThat(operations.evict(() -> oracle.ask("question").strip())).isTrue();
        });
    }

    private ApplicationContextRunner advised(MethodInterceptor advice) {
        NameMatchMethodPointcut asks = new NameMatchMethodPointcut();
        asks.setMappedName("ask");
        asks.setClassFilter(Oracle.class::isAssignableFrom);
        return application.withBean(
                "guard", DefaultPointcutAdvisor.class, () -> new DefaultPointcutAdvisor(asks, advice));
    }

    @Test
    void advice_around_the_method_may_refuse_the_call_before_it_and_keep_its_answer_from_being_seen() {
        List<MethodInterceptor> refusals = List.of(
                invocation -> {
                    throw new SecurityException("not you");
                },
                invocation -> {
                    invocation.proceed();
                    throw new SecurityException("not you");
                });
        for (MethodInterceptor refusal : refusals) {
            application.run(context -> context.getBean(PromptCacheOperations.class)
                    .put(() -> context.getBean(Oracle.class).ask("question"), "by hand"));
            advised(refusal).run(context -> {
                PromptCacheOperations operations = context.getBean(PromptCacheOperations.class);
                Oracle oracle = context.getBean(Oracle.class);

                assertThatThrownBy(() -> operations.lookUp(() -> oracle.ask("question")))
                        .isInstanceOf(SecurityException.class);
            });
        }
        advised(refusals.get(0)).run(context -> assertThatThrownBy(() -> context.getBean(PromptCacheOperations.class)
                        .evict(() -> context.getBean(Oracle.class).ask("question")))
                .isInstanceOf(SecurityException.class));
    }
}
