package io.github.llmcache.interceptor;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;

/**
 * Knows the singleton beans that have cached methods by their names, so that two beans of one class never share an
 * answer.
 *
 * <p>Two AI services of one interface over two models are such beans. Of a bean with another scope there are many, each
 * with a state of its own that no key can see, so their calls are not cached. Stands before the proxy creators, to see
 * the beans that the proxies will call. Thread-safe.
 */
public final class CachedBeans implements BeanPostProcessor, PriorityOrdered {

    private static final Log log = LogFactory.getLog(CachedBeans.class);

    private final AnnotatedMethods methods;
    private final BeanFactory beans;
    private final Map<Class<?>, List<NamedBean>> singletons = new ConcurrentHashMap<>();
    private final Set<Class<?>> warned = ConcurrentHashMap.newKeySet();

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

    private record NamedBean(Object bean, String name) {}

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
        Class<?> type = bean.getClass();
        if (!methods.of(type).isEmpty() && beans.containsBean(name) && beans.isSingleton(name)) {
            singletons
                    .computeIfAbsent(type, key -> new CopyOnWriteArrayList<>())
                    .add(new NamedBean(bean, name));
        }
        return bean;
    }

    /**
     * Names the bean that a cached method is called on.
     *
     * @param bean the bean behind the proxy
     * @return its name, or null if it is no singleton of this application
     */
    @Nullable
    String nameOf(Object bean) {
        List<NamedBean> candidates = singletons.getOrDefault(bean.getClass(), List.of());
        for (int i = 0; i < candidates.size(); i++) {
            NamedBean candidate = candidates.get(i);
            if (candidate.bean() == bean) {
                return candidate.name();
            }
        }
        if (warned.add(bean.getClass())) {
            log.warn("Calls on a " + bean.getClass().getName() + " are not cached, because it is no singleton bean, or"
                    + " something other than a proxy stands around it: nothing tells it from others of its class."
                    + " Put the cached method into a singleton, and what it depends on into its arguments.");
        }
        return null;
    }

    /** All singletons with cached methods that have been made so far, by their names. */
    Map<String, Object> all() {
        Map<String, Object> all = new TreeMap<>();
        singletons.values().forEach(beansOfClass -> beansOfClass.forEach(bean -> all.put(bean.name(), bean.bean())));
        return all;
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }
}
