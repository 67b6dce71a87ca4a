package io.github.llmcache.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.core.annotation.AliasFor;

/**
 * Keeps the answers of a method that calls a language model and serves them when the same is asked again.
 *
 * <p>Stands on a method of a Spring bean or of an interface that the bean implements. On a type it covers the type's
 * public methods that can be cached. A parameter of type {@code PromptDirectives} is never part of the key: it says what
 * the call asks of the cache. All text attributes may hold {@code ${...}} placeholders. Attributes that are
 * SpEL see the arguments by name ({@code #question}) and by position ({@code #p0}, {@code #a0}) and beans
 * ({@code @tenants}); a mistake in one fails the start of the application.
 *
 * <p>The exception of the method reaches its caller untouched and is never stored; a failing cache is never seen by the
 * caller. Calls from inside the same bean do not pass the proxy and are not cached.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface CachedPrompt {

    /** The cache that keeps the answers; an alias of {@link #cacheName()}, {@code prompt} when left out. */
    @AliasFor("cacheName")
    String value() default "";

    /** The cache that keeps the answers; {@code prompt} when left out. */
    @AliasFor("value")
    String cacheName() default "";

    /**
     * SpEL over the arguments for what is asked; all arguments in their order when left out.
     *
     * <p>The method stays part of the key. The prompt among the arguments is normalized before the expression sees it.
     * A call for which the expression yields null or a blank text is not cached.
     */
    String key() default "";

    /**
     * The name of the model that answers; {@code llm-cache.default-model} when left out.
     *
     * <p>It is part of the key, and so is the version that {@code llm-cache.models} registers for it.
     */
    String model() default "";

    /**
     * SpEL for whose answer it is (a tenant, a user); the cache's own {@code scope} setting when left out.
     *
     * <p>A call for which a given scope is null or blank is not cached at all.
     */
    String scope() default "";

    /** The version of the prompt's template, part of the key. */
    String version() default "";

    /**
     * How long an answer is kept, as {@code 30m} or {@code PT1H}; the TTL that is registered of the model when left out, or else
     * the cache's own.
     */
    String ttl() default "";

    /**
     * How long after its TTL an answer is still served while it is refreshed in the background; the cache's own when left
     * out, {@code 0s} for never.
     */
    String staleWhileRevalidate() default "";

    /**
     * How long after its TTL an answer is served where the model fails; the cache's own when left out, {@code 0s} for
     * never.
     */
    String staleIfError() default "";

    /**
     * How long the model may take where an old answer is at hand that {@link #staleIfError()} lets be served instead; the
     * cache's own when left out.
     */
    String loadTimeout() default "";

    /**
     * What the answer was made from, to evict it by: texts with SpEL inside of {@code #{...}}, such as
     * {@code document-#{#id}}, evaluated after the call, with the answer as {@code #result}.
     *
     * <p>A text that is nothing but {@code #{...}} may yield a collection: each element is a tag. One that is blank, or
     * holds an expression that yields null, gives no tag. An answer for which one fails is not kept.
     */
    String[] tags() default {};

    /** SpEL asked before the call: when it yields false, nothing is looked up and nothing is kept. */
    String condition() default "";

    /** SpEL asked after the call, with the answer as {@code #result}: when it yields true, the answer is not kept. */
    String unless() default "";

    /**
     * SpEL for whose usage a call is that reaches the model, such as {@code #user.id}; evaluated when the method is called,
     * where usage is counted.
     *
     * <p>When left out, blank, null or failing, it is whom the application's {@code UsageSubjectResolver} or Spring Security
     * tells, and else all that are not known together ({@code llm-cache.usage.shared-subject}). No part of the key.
     */
    String usageSubject() default "";

    /** The steps that fold the prompt before it becomes part of the key; the cache's own when left out. */
    Normalize[] normalize() default {};
}
