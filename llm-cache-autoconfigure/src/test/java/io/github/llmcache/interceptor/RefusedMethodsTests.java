package io.github.llmcache.interceptor;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llmcache.annotation.CachedPrompt;
import io.github.llmcache.annotation.EvictPrompt;
import io.github.llmcache.annotation.Normalize;
import io.github.llmcache.annotation.Prompt;
import io.github.llmcache.engine.PromptDirectives;
import io.github.llmcache.testing.CacheApplication;
import io.github.llmcache.testing.RealRedis;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What can't be cached fails the start and says where, what and what to write instead. */
@ExtendWith(OutputCaptureExtension.class)
class RefusedMethodsTests {

    private final ApplicationContextRunner application = CacheApplication.on(RealRedis.shared());

    private void refused(Class<?> bean, String... words) {
        application.withBean(bean).run(context -> {
            assertThat(context).hasFailed();
            Throwable failure = context.getStartupFailure();
            while (failure != null && !(failure instanceof InvalidCachedPromptException)) {
                failure = failure.getCause();
            }
            assertThat(failure).isNotNull();
            String all = String.valueOf(failure).concat(" ").concat(((InvalidCachedPromptException) failure).action());
            assertThat(all).contains(bean.getName()).contains(words);
        });
    }

    static class NoSpel {
        @CachedPrompt(key = "#question +")
        public String ask(String question) {
            return question;
        }
    }

    static class UnknownArgument {
        @CachedPrompt(scope = "#tenant")
        public String ask(String question) {
            return question;
        }
    }

    static class ForgottenHash {
        @CachedPrompt(key = "question")
        public String ask(String question) {
            return question;
        }
    }

    static class UnknownBean {
        @CachedPrompt(scope = "@tenants.current()")
        public String ask(String question) {
            return question;
        }
    }

    static class ResultTooEarly {
        @CachedPrompt(condition = "#result != null")
        public String ask(String question) {
            return question;
        }
    }

    static class ZeroTtl {
        @CachedPrompt(ttl = "0s")
        public String ask(String question) {
            return question;
        }
    }

    static class NegativeTtl {
        @CachedPrompt(ttl = "-5m")
        public String ask(String question) {
            return question;
        }
    }

    static class NoDuration {
        @CachedPrompt(ttl = "soon")
        public String ask(String question) {
            return question;
        }
    }

    static class EndlessTtl {
        @CachedPrompt(ttl = "999999999999999d")
        public String ask(String question) {
            return question;
        }
    }

    static class BareNumber {
        @CachedPrompt(ttl = "60")
        public String ask(String question) {
            return question;
        }
    }

    static class MissingProperty {
        @CachedPrompt(model = "${no.such.property}")
        public String ask(String question) {
            return question;
        }
    }

    static class ReservedCache {
        @CachedPrompt("chat")
        public String ask(String question) {
            return question;
        }
    }

    static class NoneAndMore {
        @CachedPrompt(normalize = {Normalize.NONE, Normalize.STRIP})
        public String ask(String question) {
            return question;
        }
    }

    static class Nothing {
        @CachedPrompt
        public void ask(String question) {}
    }

    static class Streamed {
        @CachedPrompt
        public Stream<String> ask(String question) {
            return Stream.of(question);
        }
    }

    static class Read {
        @CachedPrompt
        public InputStream ask(String question) {
            return InputStream.nullInputStream();
        }
    }

    static class Anything {
        @CachedPrompt
        public Object ask(String question) {
            return question;
        }
    }

    static class AnythingLater {
        @CachedPrompt
        public CompletableFuture<?> ask(String question) {
            return CompletableFuture.completedFuture(question);
        }
    }

    static class PrivateMethod {
        @CachedPrompt
        private String ask(String question) {
            return question;
        }

        String call() {
            return ask("");
        }
    }

    static class StaticMethod {
        @CachedPrompt
        public static String ask(String question) {
            return question;
        }
    }

    static class FinalMethod {
        @CachedPrompt
        public final String ask(String question) {
            return question;
        }
    }

    static class Order {
        final List<String> lines = List.of();
    }

    static class UnstableArgument {
        @CachedPrompt
        public String ask(List<Order> orders) {
            return "";
        }
    }

    static class PromptThatIsNoText {
        @CachedPrompt
        public String ask(@Prompt Integer question) {
            return "";
        }
    }

    static class OpenTag {
        @CachedPrompt(tags = "document-#{#question")
        public String ask(String question) {
            return question;
        }
    }

    static class TagOfNothing {
        @CachedPrompt(tags = {"faq", "document-#{#id}"})
        public String ask(String question) {
            return question;
        }
    }

    static class TagWithoutBraces {
        @CachedPrompt(tags = "document-#question")
        public String ask(String question) {
            return question;
        }
    }

    static class NegativeStaleness {
        @CachedPrompt(staleIfError = "-1s")
        public String ask(String question) {
            return question;
        }
    }

    static class NoLoadTimeout {
        @CachedPrompt(loadTimeout = "0s")
        public String ask(String question) {
            return question;
        }
    }

    static class EvictsNothing {
        @EvictPrompt
        public void change(String id) {}
    }

    static class EvictsTwoThings {
        @EvictPrompt(tags = "a", allEntries = true)
        public void change(String id) {}
    }

    static class SecondEvictionWrong {
        @EvictPrompt(tags = "a")
        @EvictPrompt(key = "#name")
        public void change(String id) {}
    }

    static class EvictsBeforeTheResult {
        @EvictPrompt(scope = "#result", beforeInvocation = true)
        public String change(String id) {
            return id;
        }
    }

    static class EvictsReserved {
        @EvictPrompt(cacheName = "chat", allEntries = true)
        public void change(String id) {}
    }

    static class EvictsPrivately {
        @EvictPrompt(allEntries = true)
        private void change(String id) {}
    }

    static class EvictsOnPublisher {
        @EvictPrompt(allEntries = true)
        public Flow.Publisher<String> change(String id) {
            throw new AssertionError();
        }
    }

    static class Entity {
        public long id;
    }

    static class EvictsByEntity {
        @EvictPrompt(key = "#document")
        public void change(Entity document) {}
    }

    static class EvictsByEntities {
        @EvictPrompt(key = "#p1", beforeInvocation = true)
        public void change(String id, Entity[] documents) {}
    }

    static class DirectivesTwice {
        @CachedPrompt
        public String ask(String question, PromptDirectives one, PromptDirectives other) {
            return question;
        }
    }

    @Test
    void tags_that_are_no_templates() {
        refused(OpenTag.class, "@CachedPrompt", "'tags'", "document-#{#question", "inside of #{...}");
        refused(TagOfNothing.class, "'tags'", "'#id', which is no argument", "#question and #result");
        refused(TagWithoutBraces.class, "'tags'", "'#question' is taken as text", "#{");
    }

    @Test
    void times_of_staleness_that_are_none() {
        refused(NegativeStaleness.class, "'staleIfError'", "'-1s'", "0s for never");
        refused(NoLoadTimeout.class, "'loadTimeout'", "'0s'", "above zero");
    }

    @Test
    void evictions_that_can_not_work() {
        refused(EvictsNothing.class, "@EvictPrompt on", "nothing to evict", "exactly one of key, tags, scope");
        refused(EvictsTwoThings.class, "@EvictPrompt on", "several things", "repeat");
        refused(SecondEvictionWrong.class, "@EvictPrompt on", "'key'", "#name", "#id");
        refused(EvictsBeforeTheResult.class, "'scope'", "#result");
        refused(EvictsReserved.class, "'cacheName'", "'chat' is reserved");
        refused(EvictsPrivately.class, "@EvictPrompt on", "private");
        refused(EvictsOnPublisher.class, "Publisher", "not known when that is complete");
        refused(EvictsByEntity.class, "'key'", "#document", "Entity", "no key can be made", "#document.id");
        refused(EvictsByEntities.class, "'key'", "#p1", "no key can be made");
    }

    @Test
    void directives_that_contradict_each_other() {
        refused(DirectivesTwice.class, "more than one", "PromptDirectives");
    }

    @Test
    void spel_that_does_not_parse() {
        refused(NoSpel.class, "ask", "'key'", "#question +", "no SpEL", "Write an expression");
    }

    @Test
    void spel_that_names_no_argument() {
        refused(UnknownArgument.class, "ask", "'scope'", "'#tenant', which is no argument", "#question");
        refused(ResultTooEarly.class, "'condition'", "#result");
    }

    @Test
    void spel_without_the_hash() {
        refused(ForgottenHash.class, "'key'", "the argument is '#question'");
    }

    @Test
    void spel_that_asks_a_bean_that_is_not_there() {
        refused(UnknownBean.class, "'scope'", "'tenants'");
    }

    @Test
    void a_ttl_that_is_none() {
        refused(ZeroTtl.class, "'ttl'", "'0s'", "30m");
        refused(NegativeTtl.class, "'ttl'", "'-5m'", "30m");
        refused(NoDuration.class, "'ttl'", "'soon'", "30m");
        refused(EndlessTtl.class, "'ttl'", "'999999999999999d'", "30m");
        refused(BareNumber.class, "'ttl'", "'60'", "unit");
    }

    @Test
    void a_property_that_is_not_set() {
        refused(MissingProperty.class, "'model'", "no.such.property", "${name:default}");
    }

    @Test
    void a_reserved_name_of_a_cache() {
        refused(ReservedCache.class, "'cacheName'", "'chat' is reserved");
    }

    @Test
    void normalization_that_contradicts_itself() {
        refused(NoneAndMore.class, "'normalize'", "NONE");
    }

    @Test
    void answers_that_are_no_answers() {
        refused(Nothing.class, "returns nothing");
        refused(Streamed.class, "only once", "List");
        refused(Read.class, "only once");
        refused(Anything.class, "java.lang.Object", "concrete type");
        refused(AnythingLater.class, "concrete type");
    }

    @Test
    void methods_that_no_proxy_reaches() {
        refused(PrivateMethod.class, "private", "public");
        refused(StaticMethod.class, "static");
        refused(FinalMethod.class, "final");
    }

    @Test
    void parameters_that_no_key_can_be_made_of() {
        refused(UnstableArgument.class, Order.class.getName(), "@NotInKey", "key = \"#p0.id\"");
        refused(PromptThatIsNoText.class, "@Prompt", "no String");
    }

    interface TwoMethods {
        @CachedPrompt
        String ask(String question);

        @CachedPrompt(ttl = "never")
        String askOther(String question);
    }

    static class SecondMethod implements TwoMethods {
        @Override
        public String ask(String question) {
            return question;
        }

        @Override
        public String askOther(String question) {
            return question;
        }
    }

    @Test
    void a_mistake_in_any_method_behind_an_interface_proxy() {
        application
                .withBean(SecondMethod.class)
                .withPropertyValues("spring.aop.proxy-target-class=false")
                .run(context -> assertThat(context)
                        .getFailure()
                        .cause()
                        .hasMessageContaining("askOther")
                        .hasMessageContaining("'never'"));
    }

    static class Cached {
        @CachedPrompt
        public String ask(String question) {
            return question;
        }
    }

    @Test
    void a_method_without_a_scope_where_one_is_required() {
        application
                .withBean(Cached.class)
                .withPropertyValues("llm-cache.require-scope=true")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(InvalidCachedPromptException.class)
                        .hasMessageContaining("'scope'")
                        .hasMessageContaining("llm-cache.require-scope"));
    }

    @Test
    void the_scope_of_the_cache_serves_where_one_is_required() {
        application
                .withBean(Cached.class)
                .withPropertyValues("llm-cache.require-scope=true", "llm-cache.caches.prompt.scope='all'")
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {
        @Bean
        NoSpel noSpel() {
            return new NoSpel();
        }
    }

    @Test
    void the_failure_is_explained_and_not_dumped(CapturedOutput output) {
        SpringApplication application = new SpringApplication(Application.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        @Nullable Throwable thrown = null;
        try {
            application.run("--spring.data.redis.port=" + RealRedis.shared().port());
        } catch (Throwable ex) {
            thrown = ex;
        }
        assertThat(thrown).isNotNull();
        assertThat(output.getAll())
                .contains("APPLICATION FAILED TO START", "Description:", "Action:", "NoSpel.ask")
                .doesNotContain("\tat io.github.llmcache");
    }
}
