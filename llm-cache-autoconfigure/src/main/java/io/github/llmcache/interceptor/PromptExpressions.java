package io.github.llmcache.interceptor;

import java.lang.reflect.Method;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.context.expression.BeanFactoryResolver;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.ParameterNameDiscoverer;
import org.springframework.expression.ParseException;
import org.springframework.expression.spel.SpelNode;
import org.springframework.expression.spel.standard.SpelExpression;
import org.springframework.expression.spel.standard.SpelExpressionParser;
import org.springframework.util.ClassUtils;

/** Parses the SpEL attributes of a method, and refuses at once what could never be evaluated. */
final class PromptExpressions {

    private final SpelExpressionParser parser = new SpelExpressionParser();
    private final ParameterNameDiscoverer nameDiscoverer = new DefaultParameterNameDiscoverer();
    private final BeanFactory beans;

    PromptExpressions(BeanFactory beans) {
        this.beans = beans;
    }

    /** The names of a method's parameters as the first of its declarations knows them; empty where none does. */
    String[] namesOf(List<Method> declarations) {
        for (Method declaration : declarations) {
            @Nullable String[] names = nameDiscoverer.getParameterNames(declaration);
            if (names != null && List.of(names).stream().noneMatch(name -> name == null)) {
                return List.of(names).stream().map(String::valueOf).toArray(String[]::new);
            }
        }
        return new String[0];
    }

    /**
     * Parses an expression.
     *
     * @param text the expression, blank for none
     * @param attribute the attribute it stands in
     * @param method the method it belongs to
     * @param type the class of the bean
     * @param names the names of the method's parameters
     * @param withResult whether {@code #result} may be used
     * @return the expression, or null for none
     */
    @Nullable
    PromptExpression parse(
            String text, String attribute, Method method, Class<?> type, String[] names, boolean withResult) {
        if (text.isBlank()) {
            return null;
        }
        SpelExpression expression;
        try {
            expression = (SpelExpression) parser.parseExpression(text);
        } catch (ParseException | IllegalStateException ex) {
            throw new InvalidCachedPromptException(
                    type,
                    method,
                    attribute,
                    "is '" + text + "', which is no SpEL: " + ex.getMessage() + ".",
                    "Write an expression such as '#question', and a fixed text in quotes, such as \"'all'\".",
                    ex);
        }
        Set<String> variables = variables(method, names, withResult);
        SpelNode root = expression.getAST();
        String problem = new ExpressionChecker(variables, beans::containsBean).problemOf(root);
        if (problem != null) {
            throw new InvalidCachedPromptException(
                    type,
                    method,
                    attribute,
                    "is '" + text + "', which " + problem + ".",
                    advice(method, names, withResult),
                    null);
        }
        String place = "@CachedPrompt on " + ClassUtils.getQualifiedMethodName(method, type) + ": its " + attribute;
        return new PromptExpression(expression, names, new BeanFactoryResolver(beans), place);
    }

    private static Set<String> variables(Method method, String[] names, boolean withResult) {
        Set<String> variables = new HashSet<>(Set.of(names));
        for (int i = 0; i < method.getParameterCount(); i++) {
            variables.add("p" + i);
            variables.add("a" + i);
        }
        if (withResult) {
            variables.add(PromptExpression.RESULT);
        }
        return variables;
    }

    private static String advice(Method method, String[] names, boolean withResult) {
        if (method.getParameterCount() > 0 && names.length == 0) {
            return "Compile with -parameters, so that arguments have names, or write #p0 for the first argument.";
        }
        String arguments = names.length == 0 ? "no arguments" : "the arguments #" + String.join(", #", names);
        return "There are " + arguments + (withResult ? " and #result" : "")
                + ", and beans by their names, such as @tenants.current().";
    }
}
