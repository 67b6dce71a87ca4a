package io.github.llmcache.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llmcache.sample.redis.EmbeddedRedis;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.DefaultResourceLoader;

/** Two releases, or two configurations, of the sample that share one Redis. */
class AnswersKeptApartTest {

    private static final String PROMPT = "Explain transformers";

    private final EmbeddedRedis redis = EmbeddedRedis.start();
    private final ModelStub model = ModelStub.openAi();

    @AfterEach
    void stop() {
        model.close();
        redis.close();
    }

    @Test
    void theSameModelSharesItsAnswersAcrossRestarts() {
        assertThat(askedWith("stub-1")).isEqualTo("MISS");
        assertThat(askedWith("stub-1")).isEqualTo("HIT; tier=redis");
        assertThat(model.calls()).hasSize(1);
    }

    @Test
    void anotherModelDoesNotServeTheFirstModelsAnswers() {
        assertThat(askedWith("stub-1")).isEqualTo("MISS");
        assertThat(askedWith("stub-2")).isEqualTo("MISS");
        assertThat(model.calls()).hasSize(2);
    }

    @Test
    void anotherServerDoesNotServeTheFirstServersAnswers() {
        askedWith("stub-1");
        try (ModelStub other = ModelStub.openAi()) {
            assertThat(askedWith("stub-1", other)).isEqualTo("MISS");
            assertThat(other.calls()).hasSize(1);
        }
    }

    @Test
    void anotherProviderDoesNotServeTheFirstProvidersAnswers() {
        askedWith("stub-1");
        try (Sample demo = Sample.start(redisProperties())) {
            assertThat(demo.askAndKeep(PROMPT).cache()).isEqualTo("MISS");
        }
    }

    @Test
    void aReleaseWithAnotherSystemMessageDoesNotServeTheFirstReleasesAnswers() throws ClassNotFoundException {
        askedWith("stub-1");
        ClassLoader release = new ChangedClassLoader("clearly and briefly", "briefly and clearly");
        Class<?> application = release.loadClass(SampleApplication.class.getName());

        try (Sample next = Sample.start(new DefaultResourceLoader(release), application, properties("stub-1", model))) {
            assertThat(next.askAndKeep(PROMPT).cache()).isEqualTo("MISS");
        }

        assertThat(model.calls().get(1).body().at("/messages/0/content").asString())
                .contains("briefly and clearly");
    }

    private String askedWith(String modelName) {
        return askedWith(modelName, model);
    }

    private String askedWith(String modelName, ModelStub server) {
        try (Sample sample = Sample.start(properties(modelName, server))) {
            return sample.askAndKeep(PROMPT).cache();
        }
    }

    private String[] properties(String modelName, ModelStub server) {
        return new String[] {
            "spring.data.redis.host=127.0.0.1",
            "spring.data.redis.port=" + redis.port(),
            "sample.openai.base-url=" + server.url() + "/v1",
            "sample.openai.model-name=" + modelName
        };
    }

    private String[] redisProperties() {
        return new String[] {"spring.data.redis.host=127.0.0.1", "spring.data.redis.port=" + redis.port()};
    }
}
