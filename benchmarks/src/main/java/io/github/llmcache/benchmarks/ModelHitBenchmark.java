package io.github.llmcache.benchmarks;

import static io.github.llmcache.benchmarks.MeasuredApplication.ANSWER;
import static io.github.llmcache.benchmarks.MeasuredApplication.PROMPT;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import io.github.llmcache.annotation.CachedPrompt;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** A hit at a decorated chat model beside a hit at an annotated method, in memory and in Redis. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(5)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@SuppressWarnings("NullAway.Init") // JMH calls the set-up before anything else
public class ModelHitBenchmark {

    /** The tier that answers. */
    @Param({"near", "redis"})
    public String tier;

    private MeasuredApplication application;
    private Oracle oracle;
    private ChatModel model;
    private ChatRequest request;

    /** The application that is measured. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    public static class Application {

        @Bean
        Oracle oracle() {
            return new Oracle();
        }

        @Bean
        ChatModel model() {
            return new Answering();
        }
    }

    /** The question as a method. */
    public static class Oracle {

        /** Asks for a text. */
        @CachedPrompt(model = "benchmark")
        public String ask(String question) {
            return ANSWER;
        }

        /** Asks for all that a model tells. */
        @CachedPrompt(model = "benchmark")
        public ChatResponse askForAll(String question) {
            return Answering.response();
        }
    }

    /** The question as a model. */
    private static final class Answering implements ChatModel {

        private final ChatRequestParameters parameters =
                ChatRequestParameters.builder().modelName("benchmark").build();

        static ChatResponse response() {
            return ChatResponse.builder()
                    .aiMessage(AiMessage.from(ANSWER))
                    .id("1")
                    .modelName("benchmark")
                    .tokenUsage(new TokenUsage(40, 300))
                    .finishReason(FinishReason.STOP)
                    .build();
        }

        @Override
        public ChatRequestParameters defaultRequestParameters() {
            return parameters;
        }

        @Override
        public ChatResponse doChat(ChatRequest request) {
            return response();
        }
    }

    /** Starts the server and the application, and fills the cache. */
    @Setup(Level.Trial)
    public void start() {
        application = MeasuredApplication.start(
                Application.class,
                "spring.cache.type=none",
                "llm-cache.langchain4j.chat-model.enabled=true",
                "llm-cache.near.enabled=" + tier.equals("near"));
        oracle = application.bean(Oracle.class);
        model = application.bean(ChatModel.class);
        request = ChatRequest.builder().messages(UserMessage.from(PROMPT)).build();
        application.awaitHit(tier, () -> oracle.ask(PROMPT));
        application.awaitHit(tier, () -> oracle.askForAll(PROMPT));
        application.awaitHit(tier, () -> model.chat(request));
    }

    /** Stops what was started. */
    @TearDown(Level.Trial)
    public void stop() {
        application.close();
    }

    /** A hit at a method that returns a text. */
    @Benchmark
    public String method() {
        return oracle.ask(PROMPT);
    }

    /** A hit at a method that returns a whole response. */
    @Benchmark
    public ChatResponse methodForAll() {
        return oracle.askForAll(PROMPT);
    }

    /** A hit at the model. */
    @Benchmark
    public ChatResponse model() {
        return model.chat(request);
    }

    /** A hit at the model, asked for a text. */
    @Benchmark
    public String modelForText() {
        return model.chat(PROMPT);
    }
}
