package io.github.llmcache.interceptor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.llmcache.annotation.CachedPrompt;
import io.github.llmcache.annotation.EvictPrompt;
import io.github.llmcache.engine.PendingEvictions;
import io.github.llmcache.engine.PromptCallCapture;
import io.github.llmcache.event.TierFailureEvent;
import io.github.llmcache.key.UnstableArgumentException;
import io.github.llmcache.reactor.PublisherCompletion;
import io.github.llmcache.testing.CacheApplication;
import io.github.llmcache.testing.OwnThread;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.testing.RecordingEvictor;
import io.github.llmcache.testing.RecordingListener;
import io.github.llmcache.tier.CacheEvictor;
import io.github.llmcache.tier.Eviction;
import io.github.llmcache.tier.Eviction.OfAll;
import io.github.llmcache.tier.Eviction.OfKey;
import io.github.llmcache.tier.Eviction.OfModel;
import io.github.llmcache.tier.Eviction.OfScope;
import io.github.llmcache.tier.Eviction.OfTag;
import io.github.llmcache.tier.FailureKind;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

@ExtendWith(OutputCaptureExtension.class)
class EvictPromptTests {

    private final ApplicationContextRunner application = CacheApplication.on(RealRedis.shared())
            .withBean(PublisherCompletion.class, PublisherCompletion::new)
            .withBean(RecordingEvictor.class)
            .withBean(RecordingListener.class)
            .withBean(Documents.class)
            .withPropertyValues("big=gpt-9");

    interface Archive {

        @EvictPrompt(cacheName = "archive", tags = "archive-#{#id}")
        void close(long id);
    }

    record Document(String id, List<String> parts) {}

    static class Documents implements Archive {

        final CompletableFuture<Document> later = new CompletableFuture<>();

        public CompletableFuture<Document> later() {
            return later;
        }

        @EvictPrompt(tags = {"document-#{#id}", "#{#result.get().parts}"})
        @EvictPrompt(cacheName = "faq", allEntries = true)
        public Optional<Optional<Document>> change(String id) {
            return Optional.of(Optional.of(new Document(id, List.of("p1", "p2"))));
        }

        @EvictPrompt(allEntries = true)
        public void fail() throws IOException {
            throw new IOException("no");
        }

        @EvictPrompt(scope = "#user", beforeInvocation = true)
        public void failAfter(@Nullable Object user) throws IOException {
            throw new IOException("no");
        }

        @EvictPrompt(scope = "#user")
        public void changeOf(@Nullable Object user) {}

        @EvictPrompt(model = "${big}")
        public void retire() {}

        @EvictPrompt(key = "#id")
        public void changeByKey(Object id) {}

        @EvictPrompt(tags = "document-#{#result.id}")
        public @Nullable Document changeLate(String id) {
            return null;
        }

        @EvictPrompt(tags = "document-#{#result.id}")
        public CompletableFuture<Document> changeAsync() {
            return later;
        }

        @CachedPrompt(key = "#id")
        public String ask(String id) {
            return "answer of " + id;
        }

        @Override
        public void close(long id) {}

        @Transactional
        @EvictPrompt(tags = "document-#{#id}")
        public void changeInTransaction(String id) {
            Transactions.steps.add("changed");
        }

        @EvictPrompt(tags = "document-#{#id}")
        public CompletableFuture<String> saveAsync(String id) {
            Transactions.steps.add("saved");
            return CompletableFuture.completedFuture(id);
        }

        @EvictPrompt(tags = "document-#{#id}")
        public Mono<String> saveLazily(String id) {
            return Mono.fromSupplier(() -> {
                Transactions.steps.add("saved");
                return id;
            });
        }

        public String untouched() {
            return "untouched";
        }
    }

    private static List<Eviction> evicted(AssertableApplicationContext context) {
        return context.getBean(RecordingEvictor.class).evictions();
    }

    private void run(ContextConsumer<AssertableApplicationContext> consumer) {
        application.run(context -> {
            assertThat(context).hasNotFailed();
            consumer.accept(context);
        });
    }

    @Test
    void tags_and_a_whole_cache_are_evicted_when_the_method_has_returned() {
        run(context -> {
            context.getBean(Documents.class).change("7");

            assertThat(evicted(context))
                    .containsExactly(new OfTag("document-7"), new OfTag("p1"), new OfTag("p2"), new OfAll());
            assertThat(context.getBean(RecordingEvictor.class).caches())
                    .containsExactly("prompt", "prompt", "prompt", "faq");
            assertThat(context.getBean(Documents.class).untouched()).isEqualTo("untouched");
        });
    }

    @Test
    void an_annotation_of_an_interface_counts() {
        run(context -> {
            context.getBean(Archive.class).close(3);

            assertThat(evicted(context)).containsExactly(new OfTag("archive-3"));
        });
    }

    @Test
    void nothing_is_evicted_when_the_method_fails_unless_it_was_to_be_before() {
        run(context -> {
            Documents documents = context.getBean(Documents.class);

            assertThatThrownBy(documents::fail).isInstanceOf(IOException.class);
            assertThat(evicted(context)).isEmpty();
            assertThatThrownBy(() -> documents.failAfter("anna")).isInstanceOf(IOException.class);
            assertThat(evicted(context)).containsExactly(new OfScope("anna"));
        });
    }

    @Test
    void nobody_and_nothing_are_not_evicted() {
        run(context -> {
            Documents documents = context.getBean(Documents.class);

            documents.changeOf(null);
            documents.changeOf(" ");
            documents.changeOf(Optional.empty());
            documents.changeByKey(Optional.empty());

            assertThat(evicted(context)).isEmpty();
        });
    }

    @Test
    void a_model_is_evicted() {
        run(context -> {
            context.getBean(Documents.class).retire();

            assertThat(evicted(context)).containsExactly(new OfModel("gpt-9"));
        });
    }

    @Test
    void a_key_is_evicted_by_the_digest_that_answers_of_methods_with_that_key_carry() {
        run(context -> {
            Documents documents = context.getBean(Documents.class);
            String carried = context.getBean(PromptCallCapture.class)
                    .capture(() -> documents.ask("Doc 7"))
                    .terms()
                    .apply("answer")
                    .key();

            documents.changeByKey(" DOC 7");

            assertThat(evicted(context)).containsExactly(new OfKey(String.valueOf(carried)));
        });
    }

    @Test
    void the_whole_cache_is_evicted_where_an_expression_fails() {
        run(context -> {
            assertThat(context.getBean(Documents.class).changeLate("7")).isNull();
            context.getBean(Documents.class).changeOf(new Object());
            context.getBean(Documents.class).changeByKey(new Object());

            assertThat(evicted(context)).containsExactly(new OfAll(), new OfAll(), new OfAll());
        });
    }

    @Test
    void an_asynchronous_method_evicts_when_it_is_complete_and_its_caller_is_told_after_that() {
        run(context -> {
            Documents documents = context.getBean(Documents.class);
            CompletableFuture<Document> changed = documents.changeAsync();

            assertThat(evicted(context)).isEmpty();
            documents.later().complete(new Document("9", List.of()));

            assertThat(changed).succeedsWithin(Duration.ofSeconds(5));
            assertThat(evicted(context)).containsExactly(new OfTag("document-9"));
        });
    }

    @Test
    void an_asynchronous_method_that_fails_evicts_nothing() {
        run(context -> {
            Documents documents = context.getBean(Documents.class);
            CompletableFuture<Document> changed = documents.changeAsync();

            documents.later().completeExceptionally(new IOException("no"));

            assertThatThrownBy(changed::join).isInstanceOf(CompletionException.class);
            assertThat(evicted(context)).isEmpty();
        });
    }

    @Test
    void a_failing_eviction_does_not_reach_the_caller_and_is_made_up_for() {
        run(context -> {
            RecordingEvictor evictor = context.getBean(RecordingEvictor.class);
            evictor.failWith(FailureKind.CONNECTION);

            context.getBean(Documents.class).changeOf("anna");

            assertThat(context.getBean(RecordingListener.class).failures())
                    .first()
                    .isEqualTo(new TierFailureEvent(
                            "prompt", "redis", TierFailureEvent.Operation.EVICT, FailureKind.CONNECTION));
            assertThat(context.getBean(PendingEvictions.class).size()).isOne();
            evictor.failWith(null);
            await().untilAsserted(() -> assertThat(evicted(context)).containsExactly(new OfScope("anna")));
            await().until(() -> context.getBean(PendingEvictions.class).size() == 0);
        });
    }

    @Test
    void an_answer_that_was_evicted_while_redis_did_not_answer_is_gone_when_it_does_again() {
        try (RealRedis redis = RealRedis.start()) {
            CacheApplication.on(redis)
                    .withBean(RecordingEvictor.class)
                    .withBean(Evicting.class)
                    .withPropertyValues("llm-cache.redis.timeout=300ms")
                    .run(context -> {
                        Evicting bean = context.getBean(Evicting.class);
                        await().until(() -> {
                            bean.ask("question");
                            return !redis.commands().keys("prompt:*").isEmpty();
                        });
                        redis.pause();
                        try {
                            bean.change();
                            assertThat(evicted(context)).isEmpty();
                        } finally {
                            redis.resume();
                        }
                        await().until(() -> redis.commands().keys("prompt:*").isEmpty());
                    });
        }
    }

    static class Evicting {

        @CachedPrompt
        public String ask(String question) {
            return "answer";
        }

        @EvictPrompt(allEntries = true)
        public void change() {}
    }

    @Test
    void a_key_that_is_none_evicts_the_whole_cache_and_a_warning_says_so_once(CapturedOutput output) {
        run(context -> {
            context.getBean(Documents.class).changeByKey(new Object());
            context.getBean(Documents.class).changeByKey(new Object());

            assertThat(evicted(context)).containsExactly(new OfAll(), new OfAll());
            assertThat(output)
                    .containsOnlyOnce("Documents.changeByKey: its key '#id' failed with "
                            + UnstableArgumentException.class.getName() + "; such calls evict the whole cache.");
        });
    }

    @Test
    void an_asynchronous_method_that_is_done_when_it_returns_evicts_on_the_callers_thread() {
        Thread[] evicting = new Thread[1];
        CacheApplication.on(RealRedis.shared())
                .withBean(Documents.class)
                .withBean(PublisherCompletion.class, PublisherCompletion::new)
                .withPropertyValues("big=gpt-9")
                .withBean(
                        CacheEvictor.class,
                        () -> new StepEvictor(new ArrayList<>() {
                            private static final long serialVersionUID = 1L;

                            @Override
                            public boolean add(String step) {
                                evicting[0] = Thread.currentThread();
                                return true;
                            }
                        }))
                .run(context -> {
                    assertThat(context.getBean(Documents.class).saveAsync("7")).isCompletedWithValue("7");
                    assertThat(evicting).containsExactly(Thread.currentThread());
                });
    }

    // Transactions

    @Configuration(proxyBeanMethods = false)
    @EnableTransactionManagement
    static class Outside {}

    @Configuration(proxyBeanMethods = false)
    @EnableTransactionManagement(order = 0)
    static class Inside {}

    static class Transactions extends AbstractPlatformTransactionManager {

        static final List<String> steps = new CopyOnWriteArrayList<>();

        private static final ThreadLocal<Boolean> active = ThreadLocal.withInitial(() -> false);

        @Override
        protected Object doGetTransaction() {
            return new Object();
        }

        @Override
        protected boolean isExistingTransaction(Object transaction) {
            return active.get();
        }

        @Override
        protected void doBegin(Object transaction, TransactionDefinition definition) {
            active.set(true);
        }

        @Override
        protected void doCommit(DefaultTransactionStatus status) {
            steps.add("committed");
        }

        @Override
        protected void doRollback(DefaultTransactionStatus status) {
            steps.add("rolled back");
        }

        @Override
        protected void doSetRollbackOnly(DefaultTransactionStatus status) {}

        @Override
        protected void doCleanupAfterCompletion(Object transaction) {
            active.set(false);
        }
    }

    private void inTransactions(Class<?> order, ContextConsumer<AssertableApplicationContext> consumer) {
        Transactions.steps.clear();
        CacheApplication.on(RealRedis.shared())
                .withBean(Documents.class)
                .withBean(PublisherCompletion.class, PublisherCompletion::new)
                .withBean(Transactions.class)
                .withPropertyValues("big=gpt-9")
                .withBean(CacheEvictor.class, () -> new StepEvictor(Transactions.steps))
                .withUserConfiguration(order)
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    consumer.accept(context);
                });
    }

    record StepEvictor(List<String> steps) implements CacheEvictor {

        @Override
        public long evict(String cache, Eviction eviction) {
            steps.add("evicted");
            return 1;
        }

        @Override
        public Duration settlingTime() {
            return Duration.ZERO;
        }
    }

    @Test
    void the_transaction_of_the_method_has_committed_before_it_evicts() {
        for (Class<?> order : List.of(Outside.class, Inside.class)) {
            inTransactions(order, context -> {
                context.getBean(Documents.class).changeInTransaction("7");

                assertThat(Transactions.steps).as(order.getName()).containsExactly("changed", "committed", "evicted");
            });
        }
    }

    @Test
    void a_transaction_of_the_caller_has_committed_before_the_method_evicts() {
        inTransactions(Outside.class, context -> {
            new TransactionTemplate(context.getBean(Transactions.class)).executeWithoutResult(status -> {
                context.getBean(Documents.class).changeInTransaction("7");
                assertThat(Transactions.steps).containsExactly("changed");
            });

            assertThat(Transactions.steps).containsExactly("changed", "committed", "evicted");
        });
    }

    @Test
    void an_asynchronous_method_that_is_done_at_once_waits_for_its_callers_commit() {
        inTransactions(Outside.class, context -> {
            new TransactionTemplate(context.getBean(Transactions.class)).executeWithoutResult(status -> {
                assertThat(context.getBean(Documents.class).saveAsync("7"))
                        .succeedsWithin(Duration.ofSeconds(5))
                        .isEqualTo("7");
                Transactions.steps.add("more work");
            });

            assertThat(Transactions.steps).containsExactly("saved", "more work", "committed", "evicted");
        });
    }

    @Test
    void an_asynchronous_method_that_is_done_on_another_thread_waits_for_its_callers_commit() {
        inTransactions(Outside.class, context -> {
            Documents documents = context.getBean(Documents.class);
            new TransactionTemplate(context.getBean(Transactions.class)).executeWithoutResult(status -> {
                CompletableFuture<Document> changed = documents.changeAsync();
                OwnThread.run(() -> documents.later().complete(new Document("9", List.of())));
                assertThat(changed).succeedsWithin(Duration.ofSeconds(5));
                Transactions.steps.add("more work");
            });

            assertThat(Transactions.steps).containsExactly("more work", "committed", "evicted");
        });
    }

    @Test
    void an_asynchronous_method_that_is_done_after_its_callers_commit_evicts_then() {
        inTransactions(Outside.class, context -> {
            Documents documents = context.getBean(Documents.class);
            CompletableFuture<Document> changed = new TransactionTemplate(context.getBean(Transactions.class))
                    .execute(status -> documents.changeAsync());
            assertThat(Transactions.steps).containsExactly("committed");

            documents.later().complete(new Document("9", List.of()));

            assertThat(changed).succeedsWithin(Duration.ofSeconds(5));
            assertThat(Transactions.steps).containsExactly("committed", "evicted");
        });
    }

    @Test
    void a_publisher_that_is_subscribed_to_in_a_transaction_waits_for_its_commit() {
        inTransactions(Outside.class, context -> {
            Mono<String> saving = context.getBean(Documents.class).saveLazily("7");
            TransactionTemplate template = new TransactionTemplate(context.getBean(Transactions.class));

            template.executeWithoutResult(status -> {
                assertThat(saving.block(Duration.ofSeconds(5))).isEqualTo("7");
                Transactions.steps.add("more work");
            });
            assertThat(Transactions.steps).containsExactly("saved", "more work", "committed", "evicted");

            Transactions.steps.clear();
            template.executeWithoutResult(status -> {
                saving.block(Duration.ofSeconds(5));
                status.setRollbackOnly();
            });
            assertThat(Transactions.steps).containsExactly("saved", "rolled back");
            saving.block(Duration.ofSeconds(5));
            assertThat(Transactions.steps).containsExactly("saved", "rolled back", "saved", "evicted");
        });
    }

    @Test
    void a_publisher_that_was_made_in_a_transaction_waits_for_its_commit() {
        inTransactions(Outside.class, context -> {
            Documents documents = context.getBean(Documents.class);
            new TransactionTemplate(context.getBean(Transactions.class)).executeWithoutResult(status -> {
                CompletableFuture<String> saved = documents
                        .saveLazily("7")
                        .subscribeOn(Schedulers.boundedElastic())
                        .toFuture();
                assertThat(saved).succeedsWithin(Duration.ofSeconds(5));
                Transactions.steps.add("more work");
            });

            assertThat(Transactions.steps).containsExactly("saved", "more work", "committed", "evicted");
        });
    }

    @Test
    void what_an_asynchronous_method_did_and_is_rolled_back_evicts_nothing() {
        inTransactions(Outside.class, context -> {
            Documents documents = context.getBean(Documents.class);
            CompletableFuture<?> changed = new TransactionTemplate(context.getBean(Transactions.class))
                    .execute(status -> {
                        status.setRollbackOnly();
                        documents.saveAsync("7").join();
                        return documents.changeAsync();
                    });
            documents.later().complete(new Document("9", List.of()));

            assertThat(changed).succeedsWithin(Duration.ofSeconds(5));
            assertThat(Transactions.steps).containsExactly("saved", "rolled back");
        });
    }

    @Test
    void what_is_rolled_back_evicts_nothing() {
        inTransactions(Outside.class, context -> {
            new TransactionTemplate(context.getBean(Transactions.class)).executeWithoutResult(status -> {
                context.getBean(Documents.class).changeInTransaction("7");
                status.setRollbackOnly();
            });

            assertThat(Transactions.steps).containsExactly("changed", "rolled back");
        });
    }

    @Test
    void another_that_fails_after_the_commit_does_not_keep_it_from_evicting() {
        inTransactions(Outside.class, context -> {
            TransactionTemplate template = new TransactionTemplate(context.getBean(Transactions.class));

            assertThatThrownBy(() -> template.executeWithoutResult(status -> {
                        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                            @Override
                            public int getOrder() {
                                return Integer.MIN_VALUE;
                            }

                            @Override
                            public void afterCommit() {
                                throw new IllegalStateException("no");
                            }
                        });
                        context.getBean(Documents.class).changeInTransaction("7");
                    }))
                    .hasMessage("no");
            assertThat(Transactions.steps).containsExactly("changed", "committed", "evicted");
        });
    }
}
