package io.github.llmcache.langchain4j;

import dev.langchain4j.service.TokenStream;
import dev.langchain4j.spi.ServiceHelper;
import dev.langchain4j.spi.services.TokenStreamAdapter;
import io.github.llmcache.interceptor.PromptMethodDialect.Refusal;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What LangChain4j's adapters make of a stream of an AI service, such as {@code Flux<String>}: its pieces alone, so that
 * nobody behind the adapter can tell an answer that is whole from one that was cut off.
 */
final class AdaptedStream {

    private AdaptedStream() {}

    static Optional<Refusal> refusal(Method method, Class<?> type) {
        Class<?> raw = method.getReturnType();
        if (raw == TokenStream.class) {
            return Optional.empty();
        }
        if (TokenStream.class.isAssignableFrom(raw)) {
            return Optional.of(new Refusal(
                    "it returns a " + raw.getName() + ", which can be read only once", "Return a TokenStream."));
        }
        return isAdapted(method.getGenericReturnType()) && isOfAiService(method, type)
                ? Optional.of(new Refusal(
                        "it returns a " + raw.getSimpleName()
                                + ", which does not tell why the model ended: an answer that was cut off would be kept"
                                + " for a whole one",
                        "Return a TokenStream, which tells; or cache at the model instead: set"
                                + " llm-cache.langchain4j.chat-model.enabled=true and leave out the cache annotation."))
                : Optional.empty();
    }

    private static boolean isAdapted(Type returned) {
        return ServiceHelper.loadFactories(TokenStreamAdapter.class).stream()
                .anyMatch(adapter -> adapter.canAdaptTokenStreamTo(returned));
    }

    /** One whose interface carries no annotation at all may be an AI service; one with those of others is theirs. */
    private static boolean isOfAiService(Method method, Class<?> type) {
        return ParameterRoles.belongsToAiService(method, type)
                || isAnnotatedBy(type, "dev.langchain4j.")
                || isAnnotatedBy(method, "dev.langchain4j.")
                || type.isInterface() && isPlain(type) && isPlain(method);
    }

    private static boolean isAnnotatedBy(AnnotatedElement element, String framework) {
        return annotations(element).anyMatch(name -> name.startsWith(framework));
    }

    private static boolean isPlain(AnnotatedElement element) {
        return annotations(element)
                .allMatch(name -> name.startsWith("io.github.llmcache.annotation.")
                        || name.startsWith("java.")
                        || name.startsWith("kotlin."));
    }

    private static Stream<String> annotations(AnnotatedElement element) {
        return Arrays.stream(element.getAnnotations())
                .map(Annotation::annotationType)
                .map(Class::getName);
    }
}
