package io.github.llmcache.autoconfigure.langchain4j;

import io.github.llmcache.autoconfigure.InvalidLlmCachePropertyException;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/** The beans of an application that are models of some kinds, and those of them that are meant by the settings. */
record ModelBeans(
        ListableBeanFactory beans,
        String prefix,
        String what,
        @Nullable Set<String> chosen) {

    boolean isMeant(String bean) {
        // Behind a scoped proxy stands the same model once more.
        return !bean.startsWith("scopedTarget.") && (chosen == null || chosen.contains(bean));
    }

    /** The names of those that are meant, after a check that the settings name no others. */
    Set<String> meant(Collection<String> named, Class<?>... kinds) {
        Set<String> all = new TreeSet<>();
        for (Class<?> kind : kinds) {
            all.addAll(Set.of(beans.getBeanNamesForType(kind, true, false)));
        }
        check("beans", chosen == null ? Set.of() : chosen, all);
        check("names", named, all);
        all.removeIf(bean -> !isMeant(bean));
        return all;
    }

    /** Whether a bean is there already, so that it will not be decorated any more: one that was put there ready-made. */
    boolean isMade(String bean) {
        return beans instanceof ConfigurableListableBeanFactory factory && factory.containsSingleton(bean);
    }

    private void check(String property, Collection<String> named, Set<String> all) {
        for (String bean : named) {
            if (!all.contains(bean)) {
                throw new InvalidLlmCachePropertyException(
                        prefix + property,
                        bean,
                        "names a bean that is no " + what,
                        all.isEmpty()
                                ? "Declare a bean of this name that is a " + what + "."
                                : "Name one of those that there are: " + String.join(", ", all) + ".");
            }
        }
    }
}
