package io.github.llmcache.interceptor;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Finds the cached methods of the application's beans, for people; of beans that are made lazily only once they are made.
 *
 * <p>Thread-safe.
 */
public final class CachedMethods {

    private final CachedBeans beans;
    private final CachedPromptOperations operations;

    /**
     * Creates a finder.
     *
     * @param beans the beans with cached methods
     * @param operations the cached methods of their classes
     */
    public CachedMethods(CachedBeans beans, CachedPromptOperations operations) {
        this.beans = beans;
        this.operations = operations;
    }

    /**
     * Finds the methods whose answers are kept in a cache.
     *
     * @param cache the cache
     * @return the methods, in the order of their signatures
     */
    public List<CachedMethod> of(String cache) {
        List<CachedMethod> methods = new ArrayList<>();
        beans.all().forEach((name, bean) -> operations.all(bean.getClass()).forEach((method, operation) -> {
            if (operation.policy().cache().equals(cache)) {
                methods.add(new CachedMethod(name, bean, method, operation));
            }
        }));
        methods.sort(Comparator.comparing(CachedMethod::signature));
        return methods;
    }
}
