package io.github.llmcache.actuate;

import io.github.llmcache.interceptor.CachedMethod;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds the cached method that a request names; a wrong name is told what there is. */
final class MethodChoice {

    private MethodChoice() {}

    static CachedMethod of(List<CachedMethod> methods, @Nullable String name) {
        if (methods.isEmpty()) {
            throw RefusedRequestException.notFound(
                    "No annotated method of a bean that is there uses this cache. Calls of decorated models are"
                            + " explained by the application's code: PromptCacheOperations.explain");
        }
        if (name == null || name.isBlank()) {
            throw RefusedRequestException.bad("Name the method: " + told(methods));
        }
        String wanted = name.replaceAll("\\s", "");
        boolean whole = wanted.endsWith(")");
        List<CachedMethod> found = methods.stream()
                .filter(method -> (whole ? method.signature() : method.name()).equals(wanted))
                .toList();
        if (found.isEmpty()) {
            throw RefusedRequestException.notFound("This cache has no such method. It has " + told(methods));
        }
        if (found.size() > 1) {
            throw RefusedRequestException.bad("There are several of this name: " + told(found));
        }
        return found.get(0);
    }

    private static String told(List<CachedMethod> methods) {
        return methods.stream().map(CachedMethod::signature).collect(Collectors.joining(" and "));
    }
}
