package io.github.llmcache.interceptor;

import org.springframework.aop.Advisor;
import org.springframework.aop.framework.Advised;
import org.springframework.beans.factory.config.SmartInstantiationAwareBeanPostProcessor;

/**
 * Moves the cache's advice inside of all other advice of a bean.
 *
 * <p>An order alone does not do: aspects without one stand behind it, and method validation is added to proxies that are
 * there already. A hit would then be served without them. Has no order, so that it runs after the post-processors that
 * have one. Thread-safe.
 */
public final class InnermostAdvice implements SmartInstantiationAwareBeanPostProcessor {

    /** Creates the post-processor. */
    public InnermostAdvice() {}

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
        return moved(bean);
    }

    /** A bean in a circle of references is proxied before it is initialized, and not seen afterwards. */
    @Override
    public Object getEarlyBeanReference(Object bean, String name) {
        return moved(bean);
    }

    private static Object moved(Object bean) {
        if (bean instanceof Advised advised && !advised.isFrozen()) {
            Advisor[] advisors = advised.getAdvisors();
            for (int i = 0; i < advisors.length - 1; i++) {
                if (advisors[i] instanceof CachedPromptAdvisor advisor) {
                    advised.removeAdvisor(advisor);
                    advised.addAdvisor(advisor);
                    break;
                }
            }
        }
        return bean;
    }
}
