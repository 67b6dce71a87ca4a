package io.github.llmcache.interceptor;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;

/**
 * Knows the beans that have cached methods by their names, so that two beans of one class never share an answer.
 *
 * <p>Two AI services of one interface over two models are such beans. Stands before the proxy creators, to see the
 * beans that the proxies will call. Thread-safe.
 */
public final class CachedBeans implements BeanPostProcessor, PriorityOrdered {

    private final AnnotatedMethods methods;
    private final BeanFactory beans;
    private final Map<Class<?>, Set<String>> namesByClass = new ConcurrentHashMap<>();
    private final Map<Object, String> namesByBean = Collections.synchronizedMap(new IdentityHashMap<>());

    /**
     * Creates the register.
     *
     * @param methods finds the cached methods of a class
     * @param beans tells which beans are singletons
     */
    public CachedBeans(AnnotatedMethods methods, BeanFactory beans) {
        this.methods = methods;
        this.beans = beans;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
        Class<?> type = bean.getClass();
        if (!methods.of(type).isEmpty()) {
            namesByClass
                    .computeIfAbsent(type, key -> ConcurrentHashMap.newKeySet())
                    .add(name);
            if (isSingleton(name)) {
                namesByBean.put(bean, name);
            }
        }
        return bean;
    }

    /**
     * Names the bean that a cached method is called on.
     *
     * @param bean the bean behind the proxy
     * @return its name; an empty text for one that is no bean of this application; null for one that can't be told from
     *     the other beans of its class
     */
    @Nullable
    String nameOf(Object bean) {
        Set<String> names = namesByClass.get(bean.getClass());
        if (names == null) {
            return "";
        }
        return names.size() == 1 ? names.iterator().next() : namesByBean.get(bean);
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    private boolean isSingleton(String name) {
        return beans.containsBean(name) && beans.isSingleton(name);
    }
}
