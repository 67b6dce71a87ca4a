package io.github.llmcache.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.llmcache.testing.CacheApplication;
import io.github.llmcache.testing.RealRedis;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.caffeine.CaffeineCacheManager;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.cache.support.NoOpCacheManager;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.cache.RedisCacheManager;

/** The cache manager of the answers never takes the place of the application's own. */
// Public, because a class loader that hides Caffeine puts proxies into another package of the same name.
@ExtendWith(OutputCaptureExtension.class)
public class CacheManagersTests {

    private static final String WARNING = "spring.cache.type is not set";

    private final ApplicationContextRunner application =
            CacheApplication.on(RealRedis.shared()).withUserConfiguration(Caching.class);

    @Configuration(proxyBeanMethods = false)
    @EnableCaching
    static class Caching {

        @Bean
        Service service() {
            return new Service();
        }
    }

    public static class Service {

        private final AtomicInteger calls = new AtomicInteger();

        @Cacheable("names")
        public String name(String id) {
            return "name " + calls.incrementAndGet();
        }

        @Cacheable(cacheNames = "prompt", cacheManager = "llmCacheManager")
        public String ask(String question) {
            return "answer " + calls.incrementAndGet();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnCacheManager {

        @Bean
        CacheManager ownCaches() {
            return new ConcurrentMapCacheManager();
        }
    }

    private static CacheManager defaultOf(ApplicationContext context) {
        return context.getBeanProvider(CacheManager.class).getObject();
    }

    private static void isUsed(ApplicationContext context) {
        Service service = context.getBean(Service.class);
        // Boot's own Redis manager writes in the background.
        await().untilAsserted(() -> assertThat(service.name("a")).isEqualTo(service.name("a")));
        assertThat(service.ask("a")).isEqualTo(service.ask("a"));
        assertThat(defaultOf(context).getCacheNames()).contains("names");
        assertThat(context.getBean("llmCacheManager", RedisCacheManager.class).getCacheNames())
                .contains("prompt")
                .doesNotContain("names");
    }

    @Test
    void the_applications_own_manager_stays_the_default_one(CapturedOutput output) {
        application.withUserConfiguration(OwnCacheManager.class).run(context -> {
            assertThat(context).getBeanNames(CacheManager.class).contains("ownCaches", "llmCacheManager");
            assertThat(defaultOf(context)).isSameAs(context.getBean("ownCaches"));
            isUsed(context);
            assertThat(output.getOut()).doesNotContain(WARNING);
        });
    }

    @Test
    void boots_caffeine_manager_stays_the_default_one(CapturedOutput output) {
        application.withPropertyValues("spring.cache.type=caffeine").run(context -> {
            assertThat(defaultOf(context)).isInstanceOf(CaffeineCacheManager.class);
            isUsed(context);
            assertThat(output.getOut()).doesNotContain(WARNING);
        });
    }

    @Test
    void boots_choice_of_redis_is_named_once_with_caffeine_there(CapturedOutput output) {
        application.run(context -> {
            assertThat(defaultOf(context))
                    .isInstanceOf(RedisCacheManager.class)
                    .isSameAs(context.getBean("cacheManager"))
                    .isNotSameAs(context.getBean("llmCacheManager"));
            isUsed(context);
            assertThat(output.getOut()).containsOnlyOnce(WARNING);
        });
    }

    @Test
    void boots_choice_of_redis_is_named_once_without_caffeine(CapturedOutput output) {
        application
                .withClassLoader(new FilteredClassLoader("com.github.benmanes.caffeine"))
                .run(context -> {
                    isUsed(context);
                    assertThat(output.getOut()).containsOnlyOnce(WARNING);
                });
    }

    @Test
    void a_choice_that_the_user_made_is_not_questioned(CapturedOutput output) {
        application.withPropertyValues("spring.cache.type=redis").run(context -> {
            isUsed(context);
            assertThat(output.getOut()).doesNotContain(WARNING);
        });
        application.withPropertyValues("spring.cache.type=none").run(context -> {
            assertThat(defaultOf(context)).isInstanceOf(NoOpCacheManager.class);
            assertThat(output.getOut()).doesNotContain(WARNING);
        });
    }

    @Test
    void without_caching_of_the_applications_own_there_is_no_default_manager(CapturedOutput output) {
        CacheApplication.on(RealRedis.shared()).run(context -> {
            ObjectProvider<CacheManager> managers = context.getBeanProvider(CacheManager.class);
            assertThat(context).hasBean("llmCacheManager");
            assertThat(output.getOut()).doesNotContain(WARNING);
            assertThat(managers.stream().count()).isLessThanOrEqualTo(1);
        });
    }
}
