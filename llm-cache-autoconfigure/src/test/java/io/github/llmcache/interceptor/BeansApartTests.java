package io.github.llmcache.interceptor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llmcache.annotation.CachedPrompt;
import io.github.llmcache.annotation.Prompt;
import io.github.llmcache.event.BypassReason;
import io.github.llmcache.event.CacheOutcome;
import io.github.llmcache.event.PromptCacheEvent;
import io.github.llmcache.event.PromptCacheListener;
import io.github.llmcache.key.PromptKeyGenerator;
import io.github.llmcache.key.PromptNormalizer;
import io.github.llmcache.testing.CacheApplication;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.testing.RecordingListener;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.constraints.NotNull;
import java.util.concurrent.atomic.AtomicInteger;
import org.aspectj.lang.annotation.Aspect;
import org.aspectj.lang.annotation.Before;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.aop.framework.autoproxy.DefaultAdvisorAutoProxyCreator;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.validation.autoconfigure.ValidationAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.validation.annotation.Validated;

/** Whatever stands around or beside a bean: no answer of another bean, none past its guards, no failure of a strategy. */
@ExtendWith(OutputCaptureExtension.class)
class BeansApartTests {

    private final RealRedis redis = RealRedis.shared();
    private final ApplicationContextRunner application = CacheApplication.on(redis)
            .withBean(RecordingListener.class)
            .withPropertyValues("llm-cache.default-model=demo");

    interface Librarian {

        @CachedPrompt
        String ask(String question);
    }

    public static class Named implements Librarian {

        private final String name;

        public Named(String name) {
            this.name = name;
        }

        @Override
        public String ask(String question) {
            return name + " says " + question;
        }
    }

    @Aspect
    static class Guard {

        private volatile boolean closed;

        @Before("execution(* io.github.llmcache.interceptor.BeansApartTests.Librarian.ask(..))")
        void guard() {
            if (closed) {
                throw new SecurityException("closed");
            }
        }
    }

    @Test
    void an_aspect_without_an_order_is_asked_before_a_hit() {
        application
                .withBean(Guard.class)
                .withBean("one", Named.class, () -> new Named("one"))
                .run(context -> {
                    Librarian librarian = context.getBean(Librarian.class);
                    librarian.ask("question");
                    assertThat(librarian.ask("question")).isEqualTo("one says question");

                    context.getBean(Guard.class).closed = true;
                    assertThatThrownBy(() -> librarian.ask("question")).isInstanceOf(SecurityException.class);
                });
    }

    static class Circular extends Named {

        @Autowired
        @Nullable
        Partner partner;

        Circular() {
            super("circular");
        }
    }

    static class Partner {

        @Autowired
        @Nullable
        Librarian librarian;
    }

    @Test
    void an_aspect_is_asked_before_a_hit_of_a_bean_in_a_circle_of_references() {
        application
                .withAllowCircularReferences(true)
                .withBean(Guard.class)
                .withBean(Circular.class)
                .withBean(Partner.class)
                .run(context -> {
                    Librarian librarian = context.getBean(Librarian.class);
                    librarian.ask("question");
                    context.getBean(Guard.class).closed = true;
                    assertThatThrownBy(() -> librarian.ask("question")).isInstanceOf(SecurityException.class);
                });
    }

    @Validated
    static class Checked {

        @CachedPrompt(key = "#question")
        public String ask(@Prompt String question, @NotNull @Nullable String style) {
            return question;
        }
    }

    @Test
    void validation_comes_before_a_hit() {
        application
                .withConfiguration(AutoConfigurations.of(ValidationAutoConfiguration.class))
                .withBean(Checked.class)
                .run(context -> {
                    Checked checked = context.getBean(Checked.class);
                    checked.ask("question", "short");
                    assertThatThrownBy(() -> checked.ask("question", null))
                            .isInstanceOf(ConstraintViolationException.class);
                });
    }

    @Configuration(proxyBeanMethods = false)
    static class Prototypes {

        @Bean
        @Scope("prototype")
        Librarian librarian(String name) {
            return new Named(name);
        }
    }

    @Test
    void two_prototypes_never_share_an_answer() {
        application.withUserConfiguration(Prototypes.class).run(context -> {
            Librarian pirate = (Librarian) context.getBean("librarian", "pirate");
            Librarian judge = (Librarian) context.getBean("librarian", "judge");
            pirate.ask("a");
            assertThat(judge.ask("a")).isEqualTo("judge says a");
            assertThat(context.getBean(RecordingListener.class).last().bypass()).isEqualTo(BypassReason.BEAN);
        });
    }

    public static class Traced implements Librarian {

        private final Librarian librarian;

        public Traced(Librarian librarian) {
            this.librarian = librarian;
        }

        @Override
        public String ask(String question) {
            return librarian.ask(question);
        }
    }

    static class Tracing implements BeanPostProcessor, PriorityOrdered {

        @Override
        public Object postProcessAfterInitialization(Object bean, String name) {
            return bean instanceof Named named ? new Traced(named) : bean;
        }

        @Override
        public int getOrder() {
            return Ordered.LOWEST_PRECEDENCE;
        }
    }

    @Test
    void two_wrapped_beans_never_share_an_answer() {
        application
                .withBean(Tracing.class)
                .withBean("one", Named.class, () -> new Named("one"))
                .withBean("two", Named.class, () -> new Named("two"))
                .run(context -> {
                    Librarian one = (Librarian) context.getBean("one");
                    Librarian two = (Librarian) context.getBean("two");
                    one.ask("a");
                    assertThat(two.ask("a")).isEqualTo("two says a");
                });
    }

    @Test
    void beans_that_are_proxied_twice_are_cached_once_and_apart() {
        application
                .withBean(DefaultAdvisorAutoProxyCreator.class)
                .withBean("one", Named.class, () -> new Named("one"))
                .withBean("two", Named.class, () -> new Named("two"))
                .run(context -> {
                    Librarian one = (Librarian) context.getBean("one");
                    Librarian two = (Librarian) context.getBean("two");
                    one.ask("a");
                    assertThat(two.ask("a")).isEqualTo("two says a");
                    assertThat(one.ask("A")).isEqualTo("one says a");
                    assertThat(context.getBean(RecordingListener.class).outcomes())
                            .containsExactly(CacheOutcome.MISS, CacheOutcome.MISS, CacheOutcome.HIT);
                });
    }

    @Configuration(proxyBeanMethods = false)
    static class Lambdas {

        @Bean
        Librarian librarian() {
            return question -> "lambda says " + question;
        }
    }

    @Test
    void a_lambda_has_the_same_key_in_every_start() {
        for (int start = 0; start < 2; start++) {
            CacheOutcome expected = start == 0 ? CacheOutcome.MISS : CacheOutcome.HIT;
            application.withUserConfiguration(Lambdas.class).run(context -> {
                context.getBean(Librarian.class).ask("a");
                assertThat(context.getBean(RecordingListener.class).outcomes()).containsExactly(expected);
            });
        }
    }

    enum Tenant {
        ACME,
        GLOBEX;

        @Override
        public String toString() {
            return "a tenant";
        }
    }

    static class Tenants {

        @CachedPrompt(scope = "#tenant", key = "#question")
        public String ask(Tenant tenant, @Prompt String question) {
            return tenant.name();
        }

        @CachedPrompt(unless = "#result.length()")
        public String askUnless(String question) {
            return question;
        }
    }

    @Test
    void a_scope_that_is_a_constant_is_told_by_its_name() {
        application.withBean(Tenants.class).run(context -> {
            Tenants tenants = context.getBean(Tenants.class);
            tenants.ask(Tenant.ACME, "a");
            assertThat(tenants.ask(Tenant.GLOBEX, "a")).isEqualTo("GLOBEX");
        });
    }

    @Test
    void an_unless_that_is_no_boolean_keeps_the_answer_out() {
        application.withBean(Tenants.class).run(context -> {
            Tenants tenants = context.getBean(Tenants.class);
            tenants.askUnless("a");
            tenants.askUnless("a");
            assertThat(context.getBean(RecordingListener.class).outcomes()).containsOnly(CacheOutcome.MISS);
        });
    }

    @Test
    void a_strategy_that_throws_or_returns_nothing_never_fails_a_call() {
        PromptNormalizer throwing = (prompt, steps) -> {
            throw new AssertionError("a strategy failed");
        };
        @SuppressWarnings("NullAway") // that is the point
        PromptKeyGenerator nothing = request -> null;
        for (Object strategy : new Object[] {throwing, nothing}) {
            application
                    .withBean("one", Named.class, () -> new Named("one"))
                    .withInitializer(context -> context.getBeanFactory().registerSingleton("strategy", strategy))
                    .run(context -> {
                        assertThat(context.getBean(Librarian.class).ask("a")).isEqualTo("one says a");
                        assertThat(context.getBean(RecordingListener.class)
                                        .last()
                                        .bypass())
                                .isEqualTo(BypassReason.STRATEGY);
                    });
        }
    }

    static class Curious implements PromptCacheListener {

        private final AtomicInteger heard = new AtomicInteger();

        Curious(Librarian librarian) {
            assertThat(librarian).isNotNull();
        }

        @Override
        public void onCall(PromptCacheEvent event) {
            heard.incrementAndGet();
        }
    }

    @Test
    void a_listener_may_have_a_cached_bean_injected() {
        application
                .withBean("one", Named.class, () -> new Named("one"))
                .withBean(Curious.class)
                .run(context -> {
                    context.getBean(Librarian.class).ask("a");
                    assertThat(context.getBean(Curious.class).heard).hasValue(1);
                });
    }

    record Final(String name) implements Librarian {

        @Override
        public String ask(String question) {
            return name;
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class FinalBeans {

        @Bean
        Final librarian() {
            return new Final("final");
        }
    }

    @Test
    void a_record_with_cached_methods_is_explained(CapturedOutput output) {
        SpringApplication springApplication = new SpringApplication(FinalBeans.class);
        springApplication.setWebApplicationType(WebApplicationType.NONE);
        assertThatThrownBy(() -> springApplication.run("--spring.data.redis.port=" + redis.port()))
                .isNotNull();
        assertThat(output.getAll()).contains("APPLICATION FAILED TO START", "but it is final", "Open the class");
    }

    @Test
    void a_final_class_behind_an_interface_is_cached() {
        application
                .withBean(Final.class, "final")
                .withPropertyValues("spring.aop.proxy-target-class=false")
                .run(context -> {
                    Librarian librarian = context.getBean(Librarian.class);
                    assertThat(librarian.ask("a")).isEqualTo(librarian.ask("A"));
                    assertThat(context.getBean(RecordingListener.class).outcomes())
                            .containsExactly(CacheOutcome.MISS, CacheOutcome.HIT);
                });
    }
}
