package io.github.llmcache.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llmcache.autoconfigure.near.LlmCacheNearAutoConfiguration;
import io.github.llmcache.near.NearCacheTier;
import io.github.llmcache.testing.CacheApplication;
import io.github.llmcache.testing.RealRedis;
import java.util.List;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

/** An application under load, and another one that evicts, as a fault finds them. */
record Stage(ApplicationContext context, ApplicationContext other, Load load, Newsroom news, Versions versions) {

    /** What happens while the load runs. */
    interface Fault {

        void strike(Stage stage) throws Exception;
    }

    /**
     * An application with answers in memory and everything else as users have it, the timeout included; but with leases so
     * long that one which is left behind keeps its callers waiting for longer than any may.
     */
    static ApplicationContextRunner application(RealRedis redis) {
        return CacheApplication.on(redis)
                .withConfiguration(AutoConfigurations.of(LlmCacheNearAutoConfiguration.class))
                .withPropertyValues("llm-cache.redis.timeout=250ms", "llm-cache.single-flight.lease=30s");
    }

    /** Lets a fault strike, and looks at all answers, those given and those kept. */
    static void play(RealRedis redis, Fault fault) {
        play(application(redis), application(redis), List.of(redis), fault);
    }

    /**
     * Lets a fault strike.
     *
     * @param application the one under load
     * @param editors the one that evicts
     * @param servers whose entries are looked at in the end
     * @param fault what happens
     */
    static void play(
            ApplicationContextRunner application,
            ApplicationContextRunner editors,
            List<RealRedis> servers,
            Fault fault) {
        play(application, editors, servers, true, fault);
    }

    /** Lets a fault strike that is there from the beginning. */
    static void playWithoutServer(RealRedis redis, Fault fault) {
        play(application(redis), application(redis), List.of(redis), false, fault);
    }

    private static void play(
            ApplicationContextRunner application,
            ApplicationContextRunner editors,
            List<RealRedis> servers,
            boolean answering,
            Fault fault) {
        Versions versions = new Versions();
        prepared(application, versions).run(context -> {
            assertThat(context).hasNotFailed();
            prepared(editors, versions).run(other -> {
                Load load = new Load(context);
                try (Newsroom news = new Newsroom(other)) {
                    Stage stage = new Stage(context, other, load, news, versions);
                    Timeline.Watch watch = load.timeline().watch(key -> true);
                    news.open();
                    load.start();
                    if (answering) {
                        load.awaitHits(watch, stage.hasNear());
                    }
                    load.timeline().clear();

                    fault.strike(stage);

                    load.awaitMore(200);
                    load.stop();
                }
                int kept = 0;
                for (RealRedis server : servers) {
                    kept += KeptAnswers.check(server, versions);
                }
                assertThat(kept).isPositive();
            });
        });
    }

    /** Waits until the cache works again since now, and notes how long that took. */
    void recovers(String fault) {
        recovers(fault, load.timeline().watch(key -> true));
    }

    void recovers(String fault, Timeline.Watch watch) {
        Recovery recovery = load.awaitHits(watch, hasNear());
        Figures.take(fault, recovery, load, versions);
        recovery.isInTime();
    }

    OracleModel model() {
        return context.getBean(OracleModel.class);
    }

    /** Whether a caller is told the news of now. */
    boolean isCurrent(String topic) {
        try {
            return model().news(topic).equals(OracleModel.newsOf(topic, versions.of(topic)));
        } catch (InterruptedException ex) {
            throw new IllegalStateException(ex);
        }
    }

    private boolean hasNear() {
        return context.getBeanProvider(NearCacheTier.class).getIfAvailable() != null;
    }

    /** An application with the models, whose news are of these versions. */
    static ApplicationContextRunner prepared(ApplicationContextRunner application, Versions versions) {
        return application
                .withBean(Versions.class, () -> versions)
                .withBean(Timeline.class)
                .withBean("oracleModel", OracleModel.class, () -> new OracleModel(versions));
    }
}
