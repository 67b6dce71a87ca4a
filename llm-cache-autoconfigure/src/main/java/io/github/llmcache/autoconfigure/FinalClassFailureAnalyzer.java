package io.github.llmcache.autoconfigure;

import io.github.llmcache.interceptor.AnnotatedMethods;
import java.lang.reflect.Modifier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopConfigException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.util.ClassUtils;

/** Explains that a final class or a record with cached methods can't be proxied by a subclass. */
final class FinalClassFailureAnalyzer extends AbstractFailureAnalyzer<AopConfigException> {

    private static final Pattern SUBCLASS_OF = Pattern.compile("subclass of class ([\\w.$]+)");

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, AopConfigException cause) {
        Matcher matcher = SUBCLASS_OF.matcher(String.valueOf(cause.getMessage()));
        if (!matcher.find() || !isFinalWithCachedMethods(matcher.group(1))) {
            return null;
        }
        return new FailureAnalysis(
                "The class " + matcher.group(1)
                        + " has methods with @CachedPrompt, but it is final (as records are), so"
                        + " that no proxy can be made of it.",
                "Open the class; or, if callers use an interface of it, set spring.aop.proxy-target-class=false.",
                cause);
    }

    private static boolean isFinalWithCachedMethods(String name) {
        try {
            Class<?> type = ClassUtils.forName(name, null);
            return Modifier.isFinal(type.getModifiers()) && new AnnotatedMethods().covers(type);
        } catch (ClassNotFoundException | LinkageError ex) {
            return false;
        }
    }
}
