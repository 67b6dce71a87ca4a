package io.github.llmcache.langchain4j;

import dev.langchain4j.service.Moderate;
import dev.langchain4j.service.ParameterNameResolver;
import dev.langchain4j.service.SystemMessage;
import dev.langchain4j.service.UserMessage;
import dev.langchain4j.service.UserName;
import dev.langchain4j.service.V;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * What the parameters of a method are in its prompt: the arguments alone do not tell which of two is put in which place.
 */
final class ParameterRoles {

    private static final Set<Class<? extends Annotation>> OF_PARAMETERS =
            Set.of(UserMessage.class, UserName.class, V.class);

    private ParameterRoles() {}

    static List<String> of(Method method, Class<?> type) {
        List<String> roles = new ArrayList<>();
        Parameter[] parameters = method.getParameters();
        // The place of a single argument can't change while the texts stay as they are, unless it is no part of them.
        if (parameters.length > 1 && belongsToAiService(method, type)
                || parameters.length == 1 && parameters[0].isAnnotationPresent(UserName.class)) {
            Arrays.stream(parameters).map(ParameterRoles::describe).forEach(roles::add);
        }
        if (method.isAnnotationPresent(Moderate.class)) {
            // What was answered before anybody looked at the prompts is not to be found any more.
            roles.add("Moderate");
        }
        return roles;
    }

    private static String describe(Parameter parameter) {
        StringBuilder role = new StringBuilder("parameter ").append(ParameterNameResolver.name(parameter));
        if (parameter.isAnnotationPresent(UserMessage.class)) {
            role.append(" UserMessage");
        }
        if (parameter.isAnnotationPresent(UserName.class)) {
            role.append(" UserName");
        }
        return role.toString();
    }

    static boolean belongsToAiService(Method method, Class<?> type) {
        if (method.isAnnotationPresent(UserMessage.class)
                || method.isAnnotationPresent(SystemMessage.class)
                || type.isAnnotationPresent(SystemMessage.class)
                || method.getDeclaringClass().isAnnotationPresent(SystemMessage.class)) {
            return true;
        }
        for (Parameter parameter : method.getParameters()) {
            if (OF_PARAMETERS.stream().anyMatch(parameter::isAnnotationPresent)) {
                return true;
            }
        }
        return false;
    }
}
