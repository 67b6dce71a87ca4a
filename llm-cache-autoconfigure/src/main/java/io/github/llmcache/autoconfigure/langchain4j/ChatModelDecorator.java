package io.github.llmcache.autoconfigure.langchain4j;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import io.github.llmcache.autoconfigure.LlmCacheProperties;
import io.github.llmcache.autoconfigure.langchain4j.ModelNames.Decorated;
import io.github.llmcache.langchain4j.CachingBothChatModels;
import io.github.llmcache.langchain4j.CachingChatModel;
import io.github.llmcache.langchain4j.CachingStreamingChatModel;
import io.github.llmcache.langchain4j.ModelCache;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.util.function.SingletonSupplier;

/**
 * Puts the cache in front of chat models, in their own place: a second bean would break what injects the only one.
 *
 * <p>The cache itself is looked for by the first call, since what it is made of may ask a model.
 */
final class ChatModelDecorator implements BeanPostProcessor, SmartInitializingSingleton, Ordered {

    static final String PREFIX = "llm-cache.langchain4j.chat-model.";

    private final Supplier<LlmCacheProperties.ChatModel> settings;
    private final Supplier<ModelCache> cache;
    private final ListableBeanFactory beans;
    private final Supplier<ModelNames> names;

    ChatModelDecorator(
            ObjectProvider<LlmCacheProperties> properties, Supplier<ModelCache> cache, ListableBeanFactory beans) {
        this.settings =
                SingletonSupplier.of(() -> properties.getObject().langchain4j().chatModel());
        this.cache = SingletonSupplier.of(cache);
        this.beans = beans;
        this.names = SingletonSupplier.of(() -> new ModelNames(settings.get().names()));
    }

    /** After the proxies of aspects, so that a hit calls none of them, as it calls no listener of the model. */
    @Override
    public int getOrder() {
        return LOWEST_PRECEDENCE;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        boolean whole = bean instanceof ChatModel && !(bean instanceof CachingChatModel);
        boolean streaming = bean instanceof StreamingChatModel && !(bean instanceof CachingStreamingChatModel);
        if (!(whole || streaming) || bean instanceof CachingBothChatModels || !meant().isMeant(beanName)) {
            return bean;
        }
        if (whole && streaming) {
            return new CachingBothChatModels(
                    whole((ChatModel) bean, beanName), streaming((StreamingChatModel) bean, beanName));
        }
        return whole ? whole((ChatModel) bean, beanName) : streaming((StreamingChatModel) bean, beanName);
    }

    private CachingChatModel whole(ChatModel model, String bean) {
        names().add(Decorated.of(bean, "whole", model::provider, () -> model.defaultRequestParameters()
                .modelName()));
        return CachingChatModel.builder()
                .delegate(model)
                .name(() -> names().nameOf(bean))
                .cache(cache)
                .build();
    }

    private CachingStreamingChatModel streaming(StreamingChatModel model, String bean) {
        names().add(Decorated.of(bean, "streaming", model::provider, () -> model.defaultRequestParameters()
                .modelName()));
        return CachingStreamingChatModel.builder()
                .delegate(model)
                .name(() -> names().nameOf(bean))
                .cache(cache)
                .build();
    }

    private ModelNames names() {
        return Objects.requireNonNull(names.get());
    }

    private ModelBeans meant() {
        return new ModelBeans(beans, PREFIX, "chat model", settings.get().beans());
    }

    /** Says at start-up what is wrong with the settings, and names the models once all are there. */
    @Override
    public void afterSingletonsInstantiated() {
        Set<String> expected =
                meant().meant(settings.get().names().keySet(), ChatModel.class, StreamingChatModel.class);
        expected.removeIf(bean -> !names().has(bean) && meant().isMade(bean));
        names().expect(expected);
    }
}
