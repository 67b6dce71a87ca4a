package io.github.llmcache.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llmcache.annotation.CachedPrompt;
import io.github.llmcache.annotation.EvictPrompt;
import io.github.llmcache.autoconfigure.reactor.LlmCacheReactorAutoConfiguration;
import io.github.llmcache.testing.CacheApplication;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.testing.RecordingEvictor;
import io.github.llmcache.tier.Eviction;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.reactive.AbstractReactiveTransactionManager;
import org.springframework.transaction.reactive.GenericReactiveTransaction;
import org.springframework.transaction.reactive.TransactionSynchronizationManager;
import org.springframework.transaction.reactive.TransactionalOperator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class EvictingPublisherTests {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final RealRedis redis = RealRedis.shared();

    @BeforeEach
    @AfterEach
    void empty() {
        redis.commands().flushall();
    }

    @Test
    void an_eviction_comes_when_a_mono_or_a_flux_is_complete_and_not_when_it_fails() {
        CacheApplication.on(redis)
                .withConfiguration(AutoConfigurations.of(LlmCacheReactorAutoConfiguration.class))
                .withBean(Documents.class)
                .run(context -> {
                    Documents documents = context.getBean(Documents.class);
                    documents.ask("7");
                    awaitAnswers(1);

                    Mono<String> changing = documents.change("7");
                    assertThat(documents.change("other").block(PATIENCE)).isEqualTo("other changed");
                    assertThat(documents.fail("7").onErrorComplete().block(PATIENCE))
                            .isNull();
                    assertThat(redis.answers()).hasSize(1);
                    assertThat(changing.block(PATIENCE)).isEqualTo("7 changed");
                    assertThat(redis.answers()).isEmpty();

                    documents.ask("7");
                    awaitAnswers(1);
                    assertThat(documents.remove("7").block(PATIENCE)).isNull();
                    assertThat(redis.answers()).isEmpty();

                    documents.ask("7");
                    awaitAnswers(1);
                    Flux<String> parts = documents.changeParts("7");
                    assertThat(redis.answers()).hasSize(1);
                    assertThat(parts.collectList().block(PATIENCE)).containsExactly("one", "two");
                    assertThat(redis.answers()).isEmpty();
                });
    }

    private void run(BiConsumer<Documents, RecordingEvictor> test) {
        CacheApplication.on(redis)
                .withConfiguration(AutoConfigurations.of(LlmCacheReactorAutoConfiguration.class))
                .withBean(Documents.class)
                .withBean(RecordingEvictor.class)
                .run(context -> test.accept(context.getBean(Documents.class), context.getBean(RecordingEvictor.class)));
    }

    private static void awaitEvictions(RecordingEvictor evictor, String... tags) {
        List<Eviction> expected =
                Stream.of(tags).<Eviction>map(Eviction.OfTag::new).toList();
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(evictor.evictions())
                .containsExactlyElementsOf(expected));
    }

    @Test
    void what_is_cancelled_may_have_been_done_and_is_evicted() {
        run((documents, evictor) -> {
            Flux<String> endless = documents.changeForEver("7");
            assertThat(endless.take(2).collectList().block(PATIENCE)).containsExactly("1", "2");
            awaitEvictions(evictor, "document-7");

            documents.changeNever("8").subscribe().dispose();
            awaitEvictions(evictor, "document-7", "document-8");
        });
    }

    @Test
    void a_flux_that_fails_evicts_nothing() {
        run((documents, evictor) -> {
            assertThat(documents
                            .failAfterOne("7")
                            .onErrorComplete()
                            .collectList()
                            .block(PATIENCE))
                    .containsExactly("one");
            documents.change("8").block(PATIENCE);

            assertThat(evictor.evictions()).containsExactly(new Eviction.OfTag("document-8"));
        });
    }

    @Test
    void the_result_of_a_flux_is_the_list_of_what_has_passed() {
        run((documents, evictor) -> {
            documents.changeNamed().blockLast(PATIENCE);
            awaitEvictions(evictor, "1", "2", "3");

            evictor.evictions().clear();
            documents.changeNamed().take(2).blockLast(PATIENCE);
            awaitEvictions(evictor, "1", "2");
        });
    }

    // In a transaction of Reactor's

    @Test
    void a_transaction_in_the_context_has_committed_before_the_method_evicts() {
        run((documents, evictor) -> {
            Steps transactions = new Steps(evictor);
            documents
                    .change("7")
                    .thenMany(documents.changeParts("8"))
                    .as(TransactionalOperator.create(transactions)::transactional)
                    .blockLast(PATIENCE);

            assertThat(transactions.steps).containsExactly("committed after 0 evictions");
            assertThat(evictor.evictions())
                    .containsExactly(new Eviction.OfTag("document-7"), new Eviction.OfTag("document-8"));
        });
    }

    @Test
    void a_transaction_in_the_context_that_is_rolled_back_evicts_nothing() {
        run((documents, evictor) -> {
            Steps transactions = new Steps(evictor);
            assertThat(documents
                            .change("7")
                            .then(Mono.error(new IOException("no")))
                            .as(TransactionalOperator.create(transactions)::transactional)
                            .onErrorComplete()
                            .block(PATIENCE))
                    .isNull();
            documents.change("8").block(PATIENCE);

            assertThat(transactions.steps).containsExactly("rolled back");
            assertThat(evictor.evictions()).containsExactly(new Eviction.OfTag("document-8"));
        });
    }

    @Test
    void what_is_cancelled_in_a_transaction_is_evicted_after_its_commit() {
        run((documents, evictor) -> {
            Steps transactions = new Steps(evictor);
            documents
                    .changeForEver("7")
                    .take(2)
                    .collectList()
                    .as(TransactionalOperator.create(transactions)::transactional)
                    .block(PATIENCE);

            awaitEvictions(evictor, "document-7");
            assertThat(transactions.steps).containsExactly("committed after 0 evictions");
        });
    }

    static class Steps extends AbstractReactiveTransactionManager {

        private static final long serialVersionUID = 1L;

        private final transient RecordingEvictor evictor;
        private final List<String> steps = new CopyOnWriteArrayList<>();

        Steps(RecordingEvictor evictor) {
            this.evictor = evictor;
        }

        @Override
        protected Object doGetTransaction(TransactionSynchronizationManager manager) {
            return new Object();
        }

        @Override
        protected Mono<Void> doBegin(
                TransactionSynchronizationManager manager, Object transaction, TransactionDefinition definition) {
            return Mono.empty();
        }

        @Override
        protected Mono<Void> doCommit(
                TransactionSynchronizationManager manager, GenericReactiveTransaction transaction) {
            return Mono.fromRunnable(
                    () -> steps.add("committed after " + evictor.evictions().size() + " evictions"));
        }

        @Override
        protected Mono<Void> doRollback(
                TransactionSynchronizationManager manager, GenericReactiveTransaction transaction) {
            return Mono.fromRunnable(() -> steps.add("rolled back"));
        }
    }

    private void awaitAnswers(int number) {
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(redis.answers())
                .hasSize(number));
    }

    static class Documents {

        private final AtomicInteger asked = new AtomicInteger();

        @CachedPrompt(tags = "document-#{#id}")
        public String ask(String id) {
            return id + " " + asked.incrementAndGet();
        }

        @EvictPrompt(tags = "document-#{#id}")
        public Mono<String> change(String id) {
            return Mono.fromSupplier(() -> id + " changed");
        }

        @EvictPrompt(tags = "document-#{#id}")
        public Mono<String> fail(String id) {
            return Mono.error(new IOException("no"));
        }

        @EvictPrompt(tags = "document-#{#id}")
        public Mono<Void> remove(String id) {
            return Mono.empty();
        }

        @EvictPrompt(tags = "document-#{#id}")
        public Flux<String> changeParts(String id) {
            return Flux.just("one", "two");
        }

        @EvictPrompt(tags = "document-#{#id}")
        public Flux<String> changeForEver(String id) {
            return Flux.interval(Duration.ZERO, Duration.ofMillis(1)).map(number -> "" + (number + 1));
        }

        @EvictPrompt(tags = "document-#{#id}")
        public Mono<String> changeNever(String id) {
            return Mono.never();
        }

        @EvictPrompt(tags = "document-#{#id}")
        public Flux<String> failAfterOne(String id) {
            return Flux.just("one").concatWith(Mono.error(new IOException("no")));
        }

        @EvictPrompt(tags = "#{#result}")
        public Flux<String> changeNamed() {
            return Flux.just("1", "2", "3");
        }
    }
}
