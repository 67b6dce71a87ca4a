package io.github.llmcache.faults;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** An application in a JVM of its own that has the turn for some questions, and never gets an answer to them. */
public final class LeaseHolder {

    static final int QUESTIONS = 6;

    /** Says that the model is being asked. */
    static final String ASKED = "> ASKED";

    private LeaseHolder() {}

    public static void main(String[] arguments) throws Exception {
        ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .run(arguments);
        OracleModel model = context.getBean(OracleModel.class);
        model.behaves(prompt -> {
            System.out.println(ASKED);
            Thread.sleep(600_000);
            return "never";
        });
        for (int i = 0; i < QUESTIONS; i++) {
            String question = question(i);
            new Thread(() -> {
                        try {
                            model.ask(question);
                        } catch (Exception ex) {
                            throw new IllegalStateException(ex);
                        }
                    })
                    .start();
        }
        Thread.sleep(600_000);
    }

    static String question(int number) {
        return "held " + number;
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {

        @Bean
        Versions versions() {
            return new Versions();
        }

        @Bean
        OracleModel oracleModel(Versions versions) {
            return new OracleModel(versions);
        }
    }
}
