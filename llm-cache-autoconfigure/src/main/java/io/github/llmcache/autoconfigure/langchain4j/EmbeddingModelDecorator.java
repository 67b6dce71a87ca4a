package io.github.llmcache.autoconfigure.langchain4j;

import dev.langchain4j.model.embedding.EmbeddingModel;
import io.github.llmcache.autoconfigure.LlmCacheProperties;
import io.github.llmcache.autoconfigure.langchain4j.ModelNames.Decorated;
import io.github.llmcache.langchain4j.CachingEmbeddingModel;
import io.github.llmcache.langchain4j.ModelCache;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.util.function.SingletonSupplier;

/** Puts the cache in front of embedding models, in their own place, as {@link ChatModelDecorator} does with chat models. */
final class EmbeddingModelDecorator implements BeanPostProcessor, SmartInitializingSingleton, Ordered {

    static final String PREFIX = "llm-cache.langchain4j.embedding-model.";

    private final Supplier<LlmCacheProperties.EmbeddingModel> settings;
    private final Supplier<ModelCache> cache;
    private final ListableBeanFactory beans;
    private final Supplier<ModelNames> names;

    EmbeddingModelDecorator(
            ObjectProvider<LlmCacheProperties> properties, Supplier<ModelCache> cache, ListableBeanFactory beans) {
        this.settings =
                SingletonSupplier.of(() -> properties.getObject().langchain4j().embeddingModel());
        this.cache = SingletonSupplier.of(cache);
        this.beans = beans;
        this.names = SingletonSupplier.of(() -> new ModelNames(settings.get().names()));
    }

    @Override
    public int getOrder() {
        return LOWEST_PRECEDENCE;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        if (!(bean instanceof EmbeddingModel model)
                || bean instanceof CachingEmbeddingModel
                || !meant().isMeant(beanName)) {
            return bean;
        }
        names().add(Decorated.of(beanName, "embedding", model::provider, () -> nameOf(model)));
        return CachingEmbeddingModel.builder()
                .delegate(model)
                .name(() -> names().nameOf(beanName))
                .cache(cache)
                .build();
    }

    /** What LangChain4j calls a model that has no name. */
    private static @Nullable String nameOf(EmbeddingModel model) {
        return "unknown".equals(model.modelName()) ? null : model.modelName();
    }

    private ModelNames names() {
        return Objects.requireNonNull(names.get());
    }

    private ModelBeans meant() {
        return new ModelBeans(beans, PREFIX, "embedding model", settings.get().beans());
    }

    /** Says at start-up what is wrong with the settings, and names the models once all are there. */
    @Override
    public void afterSingletonsInstantiated() {
        Set<String> expected = meant().meant(settings.get().names().keySet(), EmbeddingModel.class);
        expected.removeIf(bean -> !names().has(bean) && meant().isMade(bean));
        names().expect(expected);
    }
}
