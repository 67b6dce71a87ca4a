package io.github.llmcache.autoconfigure;

import io.github.llmcache.engine.AdmissionPolicy;
import io.github.llmcache.engine.CacheCatalog;
import io.github.llmcache.engine.CacheModes;
import io.github.llmcache.engine.CallSubject;
import io.github.llmcache.engine.CompleteAnswers;
import io.github.llmcache.engine.EngineOptions;
import io.github.llmcache.engine.EngineThreads;
import io.github.llmcache.engine.LoadContext;
import io.github.llmcache.engine.LoadGuard;
import io.github.llmcache.engine.PromptCache;
import io.github.llmcache.engine.PromptCallCapture;
import io.github.llmcache.engine.PromptCallDirectives;
import io.github.llmcache.engine.PromptCallObserver;
import io.github.llmcache.event.CacheStatistics;
import io.github.llmcache.event.CallLog;
import io.github.llmcache.event.GuardedListeners;
import io.github.llmcache.event.PromptCacheListener;
import io.github.llmcache.interceptor.AnnotatedMethods;
import io.github.llmcache.interceptor.CachedBeans;
import io.github.llmcache.interceptor.CachedPromptAdvisor;
import io.github.llmcache.interceptor.CachedPromptInterceptor;
import io.github.llmcache.interceptor.CachedPromptOperationFactory;
import io.github.llmcache.interceptor.CachedPromptOperations;
import io.github.llmcache.interceptor.InnermostAdvice;
import io.github.llmcache.interceptor.KeyMemo;
import io.github.llmcache.interceptor.PromptMethodDialect;
import io.github.llmcache.interceptor.ReturnStyle;
import io.github.llmcache.key.ArgumentEncoder;
import io.github.llmcache.key.ArgumentEncoding;
import io.github.llmcache.key.CanonicalKeyGenerator;
import io.github.llmcache.key.PromptKeyGenerator;
import io.github.llmcache.key.PromptNormalizer;
import io.github.llmcache.key.UnicodePromptNormalizer;
import io.github.llmcache.model.ModelConfigRegistry;
import io.github.llmcache.payload.PayloadCodecFactory;
import io.github.llmcache.payload.PayloadCodecs;
import io.github.llmcache.tier.CacheTier;
import java.time.Clock;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Role;
import org.springframework.core.env.Environment;

/**
 * Auto-configuration of the cache for LLM answers: the {@code @CachedPrompt} advice, and the strategies behind it.
 *
 * <p>Backs off bean by bean: a {@link PromptKeyGenerator}, {@link PromptNormalizer}, {@link AdmissionPolicy} or {@link ModelConfigRegistry} of the
 * application's own replaces the default one; {@link PromptCacheListener}, {@link ArgumentEncoder}, {@link
 * PayloadCodecFactory}, {@link LoadGuard}, {@link LoadContext}, {@link PromptMethodDialect} and {@link ReturnStyle} beans
 * are added. {@code llm-cache.enabled=false} takes all of it away but the {@link PromptCallObserver} and the {@link
 * PromptCallDirectives}, which applications inject.
 */
@AutoConfiguration(after = PromptCallObserverAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = "llm-cache.enabled", matchIfMissing = true)
@EnableConfigurationProperties(LlmCacheProperties.class)
@Import(AutoProxyRegistrar.class)
public final class LlmCacheAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    CacheCatalog llmCacheCatalog(LlmCacheProperties properties, ObjectProvider<ModelConfigRegistry> models) {
        return CacheCatalogFactory.create(properties, () -> models.getObject().longestTtl());
    }

    @Bean
    @ConditionalOnMissingBean
    PromptNormalizer llmCachePromptNormalizer() {
        return new UnicodePromptNormalizer();
    }

    @Bean
    @ConditionalOnMissingBean
    ArgumentEncoding llmCacheArgumentEncoding(ObjectProvider<ArgumentEncoder> encoders) {
        return new ArgumentEncoding(encoders.orderedStream().toList());
    }

    @Bean
    @ConditionalOnMissingBean
    PromptKeyGenerator llmCachePromptKeyGenerator(ArgumentEncoding encoding) {
        return new CanonicalKeyGenerator(encoding);
    }

    @Bean
    @ConditionalOnMissingBean
    ModelConfigRegistry llmCacheModelConfigRegistry(LlmCacheProperties properties) {
        return ModelConfigRegistry.of(ModelConfigFactory.create(properties.models()));
    }

    @Bean
    @ConditionalOnMissingBean
    PayloadCodecs llmCachePayloadCodecs(ObjectProvider<PayloadCodecFactory> factories) {
        return new PayloadCodecs(factories.orderedStream().toList());
    }

    @Bean
    @ConditionalOnMissingBean
    CacheStatistics llmCacheStatistics() {
        return new CacheStatistics();
    }

    @Bean
    @ConditionalOnMissingBean
    CallLog llmCacheCallLog() {
        return new CallLog();
    }

    @Bean
    @ConditionalOnMissingBean
    PromptCache llmPromptCache(
            ObjectProvider<CacheTier> tiers,
            ObjectProvider<PromptCacheListener> listeners,
            PromptCallObserver observer,
            EngineOptions options,
            EngineThreads threads) {
        return new PromptCache(
                tiers.orderedStream().toList(),
                new GuardedListeners(listeners.orderedStream().toList()),
                observer,
                Clock.systemUTC(),
                options,
                threads);
    }

    @Bean
    @ConditionalOnMissingBean
    EngineThreads llmCacheEngineThreads() {
        return new EngineThreads();
    }

    @Bean
    @ConditionalOnMissingBean
    EngineOptions llmCacheEngineOptions(
            LlmCacheProperties properties,
            CacheCatalog catalog,
            ObjectProvider<LoadGuard> guards,
            ObjectProvider<CacheModes> modes,
            ObjectProvider<LoadContext> contexts,
            AdmissionPolicy admission,
            ModelConfigRegistry models,
            ObjectProvider<CallSubject> subject) {
        return EngineOptionsFactory.create(
                properties,
                guards.orderedStream().toList(),
                modes.getIfAvailable(() -> CacheModes.ofSettings(catalog)),
                contexts.orderedStream().toList(),
                admission,
                models,
                subject.getIfAvailable(() -> CallSubject.NONE));
    }

    @Bean
    @ConditionalOnMissingBean
    AdmissionPolicy llmCacheAdmissionPolicy(CacheCatalog catalog) {
        return new CompleteAnswers(catalog);
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static AnnotatedMethods llmCacheAnnotatedMethods() {
        return new AnnotatedMethods();
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static CachedBeans llmCacheCachedBeans(AnnotatedMethods methods, BeanFactory beans) {
        return new CachedBeans(methods, beans);
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static InnermostAdvice llmCacheInnermostAdvice() {
        return new InnermostAdvice();
    }

    @Bean
    CachedPromptOperations llmCacheOperations(
            AnnotatedMethods methods,
            CacheCatalog catalog,
            PayloadCodecs codecs,
            ArgumentEncoding encoding,
            PromptNormalizer normalizer,
            PromptKeyGenerator keys,
            ModelConfigRegistry models,
            ObjectProvider<PromptMethodDialect> dialects,
            ObjectProvider<ReturnStyle> styles,
            CachedBeans cachedBeans,
            ConfigurableBeanFactory beans,
            ObjectProvider<KeyMemo> memo) {
        return new CachedPromptOperations(
                methods,
                new CachedPromptOperationFactory(
                        catalog,
                        codecs,
                        encoding,
                        normalizer,
                        keys,
                        models,
                        dialects.orderedStream().toList(),
                        styles.orderedStream().toList(),
                        cachedBeans,
                        beans,
                        memo.getIfAvailable()));
    }

    @Bean
    PromptCallCapture llmCachePromptCallCapture() {
        return new PromptCallCapture();
    }

    @Bean
    CachedPromptInterceptor llmCacheInterceptor(
            CachedPromptOperations operations,
            PromptCache cache,
            PromptCallDirectives directives,
            PromptCallCapture capture) {
        return new CachedPromptInterceptor(operations, cache, directives, capture);
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static CachedPromptAdvisor llmCacheAdvisor(
            AnnotatedMethods methods,
            ObjectProvider<CachedPromptOperations> operations,
            ObjectProvider<CachedPromptInterceptor> interceptor) {
        return new CachedPromptAdvisor(methods, operations::getObject, interceptor::getObject);
    }

    @Bean
    StartupReport llmCacheStartupReport(
            CachedPromptOperations operations, ObjectProvider<CacheTier> tiers, Environment environment) {
        return new StartupReport(operations, tiers, environment);
    }
}
