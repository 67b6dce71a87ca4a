package io.github.llmcache.autoconfigure.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.embedding.EmbeddingModel;
import io.github.llmcache.autoconfigure.InvalidLlmCachePropertyException;
import io.github.llmcache.engine.AdmissionPolicy;
import io.github.llmcache.event.RejectionReason;
import io.github.llmcache.langchain4j.CachingBothChatModels;
import io.github.llmcache.langchain4j.CachingChatModel;
import io.github.llmcache.langchain4j.CachingStreamingChatModel;
import io.github.llmcache.langchain4j.ModelScope;
import io.github.llmcache.testing.CacheApplication;
import io.github.llmcache.testing.RealRedis;
import io.github.llmcache.testing.RecordingListener;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

class LlmCacheChatModelAutoConfigurationTests {

    private final AtomicInteger answers = new AtomicInteger();

    private final ApplicationContextRunner off = CacheApplication.on(RealRedis.shared())
            .withConfiguration(AutoConfigurations.of(
                    LlmCacheLangChain4jAutoConfiguration.class,
                    LlmCacheChatModelAutoConfiguration.class,
                    LlmCacheEmbeddingModelAutoConfiguration.class));
    private final ApplicationContextRunner on = off.withPropertyValues("llm-cache.langchain4j.chat-model.enabled=true");

    @BeforeEach
    void empty_redis() {
        RealRedis.shared().commands().flushall();
    }

    /** A model that numbers its answers. */
    private class Numbered implements ChatModel {

        private final String model;

        Numbered(String model) {
            this.model = model;
        }

        @Override
        public ChatRequestParameters defaultRequestParameters() {
            return ChatRequestParameters.builder().modelName(model).build();
        }

        @Override
        public ChatResponse doChat(ChatRequest request) {
            return ChatResponse.builder()
                    .aiMessage(AiMessage.from("Answer " + answers.incrementAndGet()))
                    .build();
        }
    }

    /** A model that answers both ways. */
    private final class Both extends Numbered implements StreamingChatModel {

        Both() {
            super("both");
        }

        @Override
        public ModelProvider provider() {
            return ModelProvider.OTHER;
        }

        @Override
        public List<ChatModelListener> listeners() {
            return List.of();
        }

        @Override
        public Set<Capability> supportedCapabilities() {
            return Set.of();
        }

        @Override
        public void doChat(ChatRequest request, StreamingChatResponseHandler handler) {
            handler.onCompleteResponse(doChat(request));
        }
    }

    @Test
    void nobodys_model_changes_because_a_jar_arrived() {
        Numbered model = new Numbered("a");
        off.withBean("model", ChatModel.class, () -> model)
                .run(context -> assertThat(context.getBean(ChatModel.class)).isSameAs(model));
        on.withBean("model", ChatModel.class, () -> model)
                .withPropertyValues("llm-cache.enabled=false")
                .run(context -> assertThat(context.getBean(ChatModel.class)).isSameAs(model));
    }

    @Test
    void a_model_is_decorated_in_its_own_place_so_that_it_stays_the_only_one() {
        on.withBean("model", ChatModel.class, () -> new Numbered("a")).run(context -> {
            assertThat(context).hasSingleBean(ChatModel.class);
            assertThat(context.getBean(ChatModel.class)).isInstanceOf(CachingChatModel.class);
            assertThat(context).doesNotHaveBean(EmbeddingModel.class);
        });
    }

    @Test
    void only_the_beans_that_the_settings_name_are_decorated() {
        on.withBean("chosen", ChatModel.class, () -> new Numbered("a"))
                .withBean("other", ChatModel.class, () -> new Numbered("b"))
                .withPropertyValues("llm-cache.langchain4j.chat-model.beans=chosen")
                .run(context -> {
                    assertThat(context.getBean("chosen")).isInstanceOf(CachingChatModel.class);
                    assertThat(context.getBean("other")).isInstanceOf(Numbered.class);
                });
    }

    @Test
    void a_bean_that_is_both_kinds_stays_both_kinds() {
        on.withBean("model", Both.class, Both::new).run(context -> {
            assertThat(context.getBean("model")).isInstanceOf(CachingBothChatModels.class);
            assertThat(context).hasSingleBean(ChatModel.class).hasSingleBean(StreamingChatModel.class);
            ChatModel model = context.getBean(ChatModel.class);
            assertThat(model.chat("Why?")).isEqualTo(model.chat("Why?"));
        });
    }

    @Test
    void a_name_that_is_no_chat_models_fails_the_start_and_the_names_that_there_are_are_told() {
        for (String property : new String[] {"beans=modle", "names.modle=gpt"}) {
            on.withBean("model", ChatModel.class, () -> new Numbered("a"))
                    .withPropertyValues("llm-cache.langchain4j.chat-model." + property)
                    .run(context -> assertThat(context)
                            .getFailure()
                            .isInstanceOfSatisfying(InvalidLlmCachePropertyException.class, ex -> {
                                assertThat(ex).hasMessageContaining("modle");
                                assertThat(ex.action()).contains("model");
                            }));
        }
    }

    @Test
    void a_cache_that_requires_a_scope_asks_for_a_bean_that_tells_it() {
        ApplicationContextRunner requiring = on.withBean("model", ChatModel.class, () -> new Numbered("a"))
                .withPropertyValues("llm-cache.require-scope=true");
        requiring.run(context -> assertThat(context).getFailure().hasStackTraceContaining("ModelScope"));
        requiring.withBean(ModelScope.class, () -> () -> "tenant").run(context -> assertThat(
                        context.getBean(ChatModel.class).chat("Why?"))
                .isEqualTo(context.getBean(ChatModel.class).chat("Why?")));
    }

    @Test
    void a_reserved_name_of_the_cache_fails_the_start() {
        on.withBean("model", ChatModel.class, () -> new Numbered("a"))
                .withPropertyValues("llm-cache.langchain4j.chat-model.cache=chat")
                .run(context -> assertThat(context).getFailure().hasStackTraceContaining("reserved"));
    }

    @Test
    void an_admission_policy_of_the_application_decides_all_by_itself() {
        RecordingListener listener = new RecordingListener();
        AdmissionPolicy noAnswers = candidate ->
                ((ChatResponse) candidate.answer()).aiMessage().text().contains("1") ? RejectionReason.POLICY : null;
        on.withBean("model", ChatModel.class, () -> new Numbered("a"))
                .withBean(AdmissionPolicy.class, () -> noAnswers)
                .withBean(RecordingListener.class, () -> listener)
                .run(context -> {
                    ChatModel model = context.getBean(ChatModel.class);
                    assertThat(model.chat("Why?")).isEqualTo("Answer 1");
                    assertThat(model.chat("Why?")).isEqualTo("Answer 2");
                    assertThat(model.chat("Why?")).isEqualTo("Answer 2");
                    assertThat(listener.rejections()).containsExactly(RejectionReason.POLICY);
                });
    }

    @Test
    void an_admission_policy_that_fails_keeps_the_answer_out_and_the_caller_gets_it() {
        on.withBean("model", ChatModel.class, () -> new Numbered("a"))
                .withBean(AdmissionPolicy.class, () -> candidate -> {
                    throw new IllegalStateException("broken");
                })
                .run(context -> {
                    ChatModel model = context.getBean(ChatModel.class);
                    assertThat(model.chat("Why?")).isEqualTo("Answer 1");
                    assertThat(model.chat("Why?")).isEqualTo("Answer 2");
                });
    }

    @Configuration(proxyBeanMethods = false)
    static class TwoOfOneKindOneLazy {

        static final AtomicInteger ANSWERS = new AtomicInteger();

        @Bean
        ChatModel eager() {
            return new StaticNumbered();
        }

        @Bean
        @Lazy
        ChatModel lazy() {
            return new StaticNumbered();
        }

        private static final class StaticNumbered implements ChatModel {

            @Override
            public ChatRequestParameters defaultRequestParameters() {
                return ChatRequestParameters.builder().modelName("same").build();
            }

            @Override
            public ChatResponse doChat(ChatRequest request) {
                return ChatResponse.builder()
                        .aiMessage(AiMessage.from("Answer " + ANSWERS.incrementAndGet()))
                        .build();
            }
        }
    }

    @Test
    void a_lazy_model_never_meets_the_answers_of_another_one_of_its_name() {
        on.withUserConfiguration(TwoOfOneKindOneLazy.class).run(context -> {
            String eager = context.getBean("eager", ChatModel.class).chat("Why?");
            String lazy = context.getBean("lazy", ChatModel.class).chat("Why?");
            assertThat(lazy).isNotEqualTo(eager);
            assertThat(context.getBean("eager", ChatModel.class).chat("Why?")).isEqualTo(eager);
            assertThat(context.getBean("lazy", ChatModel.class).chat("Why?")).isEqualTo(lazy);
        });
    }

    @Configuration(proxyBeanMethods = false)
    static class ListenerThatAsksAModel {

        @Bean
        RecordingListener listener(ChatModel model) {
            assertThat(model.chat("What is a listener?")).isEqualTo("Answer 1");
            return new RecordingListener();
        }
    }

    @Test
    void what_the_cache_is_made_of_may_ask_a_model() {
        on.withBean("model", ChatModel.class, () -> new Numbered("a"))
                .withUserConfiguration(ListenerThatAsksAModel.class)
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(context.getBean(ChatModel.class).chat("Why?")).isEqualTo("Answer 2");
                    assertThat(context.getBean(ChatModel.class).chat("Why?")).isEqualTo("Answer 2");
                });
    }

    @Test
    void a_model_that_does_not_tell_its_provider_or_parameters_yet_is_decorated_all_the_same() {
        ChatModel shy = new Numbered("a") {
            @Override
            public ChatRequestParameters defaultRequestParameters() {
                throw new IllegalStateException("No request is under way");
            }
        };
        on.withBean("model", ChatModel.class, () -> shy).run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(context.getBean(ChatModel.class)).isInstanceOf(CachingChatModel.class);
        });
    }

    @Test
    void a_model_with_half_a_price_fails_the_start() {
        on.withPropertyValues("llm-cache.models.gpt.input-price=0.25")
                .run(context ->
                        assertThat(context).getFailure().hasStackTraceContaining("llm-cache.models.gpt.output-price"));
    }

    @Test
    void a_whole_and_a_streaming_model_are_both_decorated() {
        on.withBean("model", ChatModel.class, () -> new Numbered("a"))
                .withBean("stream", StreamingChatModel.class, () -> new StreamingChatModel() {})
                .run(context -> assertThat(context.getBean(StreamingChatModel.class))
                        .isInstanceOf(CachingStreamingChatModel.class));
    }

    @Test
    void without_langchain4j_nothing_is_asked_of_it() {
        on.withClassLoader(new FilteredClassLoader("dev.langchain4j"))
                .run(context -> assertThat(context).hasNotFailed());
    }
}
