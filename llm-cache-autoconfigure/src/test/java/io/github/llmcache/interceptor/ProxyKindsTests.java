package io.github.llmcache.interceptor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llmcache.annotation.CachedPrompt;
import io.github.llmcache.testing.CacheApplication;
import io.github.llmcache.testing.RealRedis;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.aop.aspectj.annotation.AnnotationAwareAspectJAutoProxyCreator;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.transaction.annotation.EnableTransactionManagement;

/** The annotation works wherever a bean's proxy comes from. */
@ExtendWith(OutputCaptureExtension.class)
class ProxyKindsTests {

    private final RealRedis redis = RealRedis.shared();
    private final ApplicationContextRunner application =
            CacheApplication.on(redis).withPropertyValues("llm-cache.default-model=demo");

    @AfterEach
    void leaveNobodyLoggedIn() {
        SecurityContextHolder.clearContext();
    }

    interface Assistant {

        @CachedPrompt
        String ask(String question);

        default String greet() {
            return "Hello";
        }
    }

    static class LocalAssistant implements Assistant {

        private final AtomicInteger calls = new AtomicInteger();

        @Override
        public String ask(String question) {
            return "local " + calls.incrementAndGet();
        }
    }

    /** One that a class loader of a test can see. */
    public static class VisibleAssistant extends LocalAssistant {}

    /** The shape of an AI service: a dynamic proxy of an interface. */
    static class AssistantFactory implements FactoryBean<Assistant> {

        private final String name;

        AssistantFactory(String name) {
            this.name = name;
        }

        @Override
        public Assistant getObject() {
            AtomicInteger calls = new AtomicInteger();
            return (Assistant) Proxy.newProxyInstance(
                    Assistant.class.getClassLoader(), new Class<?>[] {Assistant.class}, (proxy, method, arguments) -> {
                        if (method.getDeclaringClass() == Object.class) {
                            throw new IllegalStateException("An AI service may answer no " + method.getName());
                        }
                        return name + " " + calls.incrementAndGet();
                    });
        }

        @Override
        public Class<?> getObjectType() {
            return Assistant.class;
        }
    }

    interface Asker<Q, A> {

        @CachedPrompt
        A ask(Q question);
    }

    static class TextAsker implements Asker<String, String> {

        private final AtomicInteger calls = new AtomicInteger();

        @Override
        public String ask(String question) {
            return "text " + calls.incrementAndGet();
        }
    }

    @CachedPrompt(cacheName = "faq")
    static class Faq {

        private final AtomicInteger calls = new AtomicInteger();

        public String ask(String question) {
            return "faq " + calls.incrementAndGet();
        }

        @CachedPrompt(cacheName = "special")
        public String askSpecially(String question) {
            return "special " + calls.incrementAndGet();
        }

        public void forget(String question) {}

        public final String finalOne(String question) {
            return "final " + question;
        }

        @Override
        public String toString() {
            return "faq " + calls.incrementAndGet();
        }
    }

    @Test
    void an_annotation_on_an_interface_counts_behind_a_class_proxy() {
        application.withBean(LocalAssistant.class).run(context -> {
            Assistant assistant = context.getBean(Assistant.class);
            assertThat(AopUtils.isCglibProxy(assistant)).isTrue();
            assertThat(assistant.ask("a")).isEqualTo(assistant.ask("A")).isEqualTo("local 1");
        });
    }

    @Test
    void an_annotation_on_an_interface_counts_behind_an_interface_proxy() {
        application
                .withBean(LocalAssistant.class)
                .withPropertyValues("spring.aop.proxy-target-class=false")
                .run(context -> {
                    Assistant assistant = context.getBean(Assistant.class);
                    assertThat(AopUtils.isJdkDynamicProxy(assistant)).isTrue();
                    assertThat(assistant.ask("a")).isEqualTo(assistant.ask("A")).isEqualTo("local 1");
                });
    }

    @Test
    void it_works_where_boots_own_aop_is_off() {
        application
                .withBean(LocalAssistant.class)
                .withPropertyValues("spring.aop.auto=false")
                .run(context -> {
                    Assistant assistant = context.getBean(Assistant.class);
                    assertThat(assistant.ask("a")).isEqualTo(assistant.ask("A"));
                });
    }

    @Test
    void aspectj_need_not_be_there() {
        application
                .withClassLoader(new FilteredClassLoader("org.aspectj"))
                .withBean(VisibleAssistant.class)
                .run(context -> {
                    assertThat(context).doesNotHaveBean(AnnotationAwareAspectJAutoProxyCreator.class);
                    Assistant assistant = context.getBean(Assistant.class);
                    assertThat(AopUtils.isCglibProxy(assistant)).isTrue();
                    assertThat(assistant.ask("a")).isEqualTo(assistant.ask("A")).isEqualTo("local 1");
                });
    }

    @Test
    void a_proxy_made_by_a_factory_bean_is_cached() {
        application
                .withBean("assistant", AssistantFactory.class, () -> new AssistantFactory("gpt"))
                .run(context -> {
                    Assistant assistant = context.getBean(Assistant.class);
                    assertThat(assistant.ask("a")).isEqualTo(assistant.ask("A")).isEqualTo("gpt 1");
                });
    }

    @Test
    void two_beans_of_one_interface_never_share_an_answer() {
        application
                .withBean("gpt", AssistantFactory.class, () -> new AssistantFactory("gpt"))
                .withBean("claude", AssistantFactory.class, () -> new AssistantFactory("claude"))
                .run(context -> {
                    Assistant gpt = context.getBean("gpt", Assistant.class);
                    Assistant claude = context.getBean("claude", Assistant.class);
                    assertThat(gpt.ask("a")).isEqualTo("gpt 1");
                    assertThat(claude.ask("a")).isEqualTo("claude 1");
                    assertThat(gpt.ask("a")).isEqualTo("gpt 1");
                });
    }

    interface Kind extends Assistant {}

    interface Rude extends Assistant {}

    static class KindAssistant extends LocalAssistant implements Kind {}

    private static <T> FactoryBean<T> service(Class<T> type) {
        AtomicInteger calls = new AtomicInteger();
        Object proxy = Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) -> type.getSimpleName() + " " + calls.incrementAndGet());
        return new FactoryBean<>() {

            @Override
            public T getObject() {
                return type.cast(proxy);
            }

            @Override
            public Class<?> getObjectType() {
                return type;
            }
        };
    }

    @Test
    void an_annotation_on_an_interface_above_the_interface_counts() {
        application
                .withBean("kind", FactoryBean.class, () -> service(Kind.class))
                .withBean("rude", FactoryBean.class, () -> service(Rude.class))
                .withBean("local", KindAssistant.class)
                .run(context -> {
                    for (String name : new String[] {"kind", "rude", "local"}) {
                        Assistant assistant = context.getBean(name, Assistant.class);
                        assertThat(assistant.ask("a"))
                                .isEqualTo(assistant.ask("A"))
                                .isEqualToIgnoringCase(name + " 1");
                    }
                });
    }

    @Test
    void a_generic_interface_is_read_with_the_types_of_its_implementation() {
        application.withBean(TextAsker.class).run(context -> {
            TextAsker asker = context.getBean(TextAsker.class);
            Asker<String, String> generic = asker;
            assertThat(asker.ask("a")).isEqualTo(generic.ask(" A")).isEqualTo("text 1");
        });
    }

    @Test
    void on_a_type_it_covers_the_methods_that_can_be_cached_and_names_the_others(CapturedOutput output) {
        application.withBean(Faq.class).run(context -> {
            Faq faq = context.getBean(Faq.class);
            assertThat(faq.ask("a")).isEqualTo(faq.ask("A"));
            assertThat(faq.askSpecially("a")).isEqualTo(faq.askSpecially("A"));
            faq.forget("a");
            assertThat(faq.toString()).isNotEqualTo(faq.toString());
            assertThat(redis.answers())
                    .hasSize(2)
                    .anyMatch(key -> key.startsWith("faq:"))
                    .anyMatch(key -> key.startsWith("special:"));
            assertThat(output.getOut())
                    .contains("Not cached", "Faq.forget (its answers", "Faq.finalOne (the method is final");
        });
    }

    @Test
    void a_method_without_a_model_is_named_once(CapturedOutput output) {
        CacheApplication.on(redis).withBean(LocalAssistant.class).run(context -> {
            context.getBean(Assistant.class).ask("a");
            assertThat(output.getOut())
                    .containsOnlyOnce("Cached without a model in the key")
                    .contains("LocalAssistant.ask");
        });
    }

    @Test
    void a_bean_without_cached_methods_is_not_proxied() {
        application.withBean(AtomicInteger.class, () -> new AtomicInteger()).run(context -> assertThat(
                        AopUtils.isAopProxy(context.getBean(AtomicInteger.class)))
                .isFalse());
    }

    static class Guarded {

        private final AtomicInteger calls = new AtomicInteger();

        @PreAuthorize("hasRole('READER')")
        @CachedPrompt
        public String ask(String question) {
            return "guarded " + calls.incrementAndGet();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableMethodSecurity
    @EnableTransactionManagement
    static class Security {

        @Bean
        Guarded guarded() {
            return new Guarded();
        }
    }

    @Test
    void authorization_comes_before_a_hit() {
        application.withUserConfiguration(Security.class).run(context -> {
            Guarded guarded = context.getBean(Guarded.class);
            logIn("ROLE_READER");
            assertThat(guarded.ask("a")).isEqualTo("guarded 1");

            logIn("ROLE_GUEST");
            assertThatThrownBy(() -> guarded.ask("a")).isInstanceOf(AccessDeniedException.class);
            var advisors = ((Advised) guarded).getAdvisors();
            assertThat(advisors[advisors.length - 1]).isInstanceOf(CachedPromptAdvisor.class);
        });
    }

    private static void logIn(String role) {
        SecurityContextHolder.getContext().setAuthentication(new TestingAuthenticationToken("user", "", role));
    }
}
