package io.github.llmcache.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.core.annotation.AliasFor;

/**
 * Takes answers out of a cache when a method has returned, because what they were made from has changed.
 *
 * <p>Stands on a method of a Spring bean or of an interface that the bean implements, as often as needed. Names exactly one
 * of {@link #key()}, {@link #tags()}, {@link #scope()}, {@link #model()} and {@link #allEntries()}. Evicts after the method's
 * transaction, or its caller's, has committed, and after a {@code CompletionStage}, {@code Mono} or {@code Flux} that it
 * returns has completed; not at all when the method fails or the transaction is rolled back. A {@code Mono} or {@code Flux}
 * evicts once in each subscription, also when that is cancelled (as {@code take} does), since the work may have been done.
 *
 * <p>Text attributes may hold {@code ${...}} placeholders; SpEL sees the arguments by name ({@code #id}) and by position
 * ({@code #p0}, {@code #a0}), beans ({@code @tenants}), and what was returned as {@code #result}, of a {@code Flux} the list of
 * what has passed. A mistake in an attribute fails the start of the application.
 *
 * <p>The method never fails for the eviction's sake: while Redis is gone, evictions are kept and tried again, for as long as
 * the cache's answers are kept but a day at least. Where an expression fails in a call, the whole cache is evicted, so that no
 * answer outlives what it was made from.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@Repeatable(EvictPrompts.class)
public @interface EvictPrompt {

    /** The cache that keeps the answers; an alias of {@link #cacheName()}, {@code prompt} when left out. */
    @AliasFor("cacheName")
    String value() default "";

    /** The cache that keeps the answers; {@code prompt} when left out. */
    @AliasFor("value")
    String cacheName() default "";

    /**
     * SpEL for what an explicit {@link CachedPrompt#key()} yields: the answers of all methods with such a key are evicted,
     * for all scopes and models.
     *
     * <p>Texts are compared with all normalization steps taken. Answers of methods without an explicit key are not found. An
     * argument of a type of which no key can be made, such as an entity, fails the start: name what identifies it.
     */
    String key() default "";

    /**
     * The tags whose answers are evicted, written as in {@link CachedPrompt#tags()}; {@code #result} is what the method
     * returned.
     */
    String[] tags() default {};

    /** SpEL for whose answers are evicted. */
    String scope() default "";

    /** The name of the model whose answers are evicted. */
    String model() default "";

    /** Whether all answers of the cache are evicted. */
    boolean allEntries() default false;

    /** Whether to evict before the method is called, even if it fails then; {@code #result} is not there. */
    boolean beforeInvocation() default false;
}
