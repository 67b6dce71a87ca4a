package io.github.llmcache.faults;

import io.github.llmcache.operations.PromptCacheOperations;
import io.github.llmcache.tier.TierException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.springframework.context.ApplicationContext;

/**
 * Another instance of the application that changes the news and evicts what is old, over and over. An eviction counts
 * when it has worked: what fails is tried again.
 */
final class Newsroom implements AutoCloseable {

    private static final Duration PAUSE = Duration.ofMillis(40);

    private final Versions versions;
    private final OracleModel model;
    private final PromptCacheOperations operations;
    private final Thread editor = new Thread(this::edit, "editor");
    private volatile boolean over;
    private volatile boolean still;

    Newsroom(ApplicationContext context) {
        this.versions = context.getBean(Versions.class);
        this.model = context.getBean(OracleModel.class);
        this.operations = context.getBean(PromptCacheOperations.class);
        editor.setDaemon(true);
    }

    Newsroom open() {
        editor.start();
        return this;
    }

    /** Changes nothing until told otherwise: what a server that is about to be lost has not told its replicas is lost. */
    void rest(boolean resting) {
        still = resting;
    }

    private void edit() {
        for (int i = 0; !over; i++) {
            LockSupport.parkNanos(PAUSE.toNanos());
            if (!still) {
                String topic = Versions.TOPICS.get(i % Versions.TOPICS.size());
                versions.change(topic);
                evict(topic);
            }
        }
    }

    private void evict(String topic) {
        while (!over) {
            try {
                operations.evict(() -> model.news(topic));
                versions.evicted(topic);
                return;
            } catch (TierException ex) {
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    @Override
    public void close() throws InterruptedException {
        over = true;
        editor.join(20_000);
    }
}
