package io.github.llmcache.sample;

import io.github.llmcache.sample.model.AnsweringModel;
import io.github.llmcache.sample.redis.RedisInUse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.web.server.servlet.context.ServletWebServerInitializedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Says in one line what was started. */
@Component
class StartupNote {

    private static final Logger log = LoggerFactory.getLogger(StartupNote.class);

    private final AnsweringModel model;
    private final RedisInUse redis;

    StartupNote(AnsweringModel model, RedisInUse redis) {
        this.model = model;
        this.redis = redis;
    }

    @EventListener
    void started(ServletWebServerInitializedEvent event) {
        // The management server, if it has a port of its own, is no place to ask.
        if (event.getApplicationContext().getServerNamespace() == null) {
            log.info(
                    "{} answers, {} Redis at {} keeps the answers: ask at http://localhost:{}/",
                    model.demo() ? "The built-in demo model" : "Model " + model.name(),
                    redis.embedded() ? "the embedded" : "the",
                    redis.address(),
                    event.getWebServer().getPort());
        }
    }
}
