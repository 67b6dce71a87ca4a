package io.github.llmcache.benchmarks;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * An application with a web server whose start is timed.
 *
 * <p>It runs with and without this project on its class path: an annotation whose class is not there is no annotation.
 */
public final class StartedApplication {

    private StartedApplication() {}

    /**
     * Starts the application, says so, and ends.
     *
     * @param arguments its properties
     */
    public static void main(String[] arguments) {
        var context = SpringApplication.run(Application.class, arguments);
        System.out.println("> READY");
        System.exit(SpringApplication.exit(context));
    }

    /** The application. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableCaching
    public static class Application {

        @Bean
        Oracle oracle() {
            return new Oracle();
        }
    }
}
