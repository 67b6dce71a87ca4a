package io.github.llmcache.interceptor;

import io.github.llmcache.annotation.CachedPrompt;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.context.expression.BeanFactoryResolver;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.ParameterNameDiscoverer;
import org.springframework.expression.Expression;
import org.springframework.expression.ParseException;
import org.springframework.expression.ParserContext;
import org.springframework.expression.common.CompositeStringExpression;
import org.springframework.expression.spel.SpelNode;
import org.springframework.expression.spel.standard.SpelExpression;
import org.springframework.expression.spel.standard.SpelExpressionParser;

/** Parses the SpEL attributes of a method, and refuses at once what could never be evaluated. */
final class PromptExpressions {

    private static final String TEMPLATES = "Write the expression inside of #{...}, such as document-#{#id}.";

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
     * @param place the annotation it belongs to
     * @param withResult whether {@code #result} may be used
     * @return the expression, or null for none
     */
    @Nullable
    PromptExpression parse(String text, String attribute, AnnotatedPlace place, boolean withResult) {
        if (text.isBlank()) {
            return null;
        }
        try {
            SpelExpression expression = (SpelExpression) parser.parseExpression(text);
            return checked(expression, text, attribute, place, withResult);
        } catch (ParseException | IllegalStateException ex) {
            throw place.invalid(
                    attribute,
                    "is '" + text + "', which is no SpEL: " + ex.getMessage() + ".",
                    "Write an expression such as '#question', and a fixed text in quotes, such as \"'all'\".",
                    ex);
        }
    }

    /**
     * Parses a text with expressions inside of {@code #{...}}.
     *
     * @param text the text
     * @param attribute the attribute it stands in
     * @param place the annotation it belongs to
     * @param withResult whether {@code #result} may be used
     * @return the template
     */
    TagTemplate parseTemplate(String text, String attribute, AnnotatedPlace place, boolean withResult) {
        try {
            Expression whole = parser.parseExpression(text, ParserContext.TEMPLATE_EXPRESSION);
            Expression[] parts = whole instanceof CompositeStringExpression composite
                    ? composite.getExpressions()
                    : new Expression[] {whole};
            List<TagTemplate.Part> checked = new ArrayList<>(parts.length);
            for (Expression part : parts) {
                checked.add(
                        part instanceof SpelExpression expression
                                ? new TagTemplate.Part(null, checked(expression, text, attribute, place, withResult))
                                : new TagTemplate.Part(literal(part, text, attribute, place), null));
            }
            return new TagTemplate(checked);
        } catch (ParseException | IllegalStateException ex) {
            throw place.invalid(
                    attribute,
                    "is '" + text + "', which is no text with SpEL inside of #{...}: " + ex.getMessage() + ".",
                    TEMPLATES,
                    ex);
        }
    }

    private String literal(Expression part, String text, String attribute, AnnotatedPlace place) {
        String literal = part.getExpressionString();
        for (String variable : variables(place, true)) {
            if (Pattern.compile("#" + Pattern.quote(variable) + "\\b")
                    .matcher(literal)
                    .find()) {
                throw place.invalid(
                        attribute,
                        "is '" + text + "', in which '#" + variable + "' is taken as text.",
                        TEMPLATES,
                        null);
            }
        }
        return literal;
    }

    private PromptExpression checked(
            SpelExpression expression, String text, String attribute, AnnotatedPlace place, boolean withResult) {
        SpelNode root = expression.getAST();
        String problem = new ExpressionChecker(variables(place, withResult), beans::containsBean).problemOf(root);
        if (problem != null) {
            throw place.invalid(
                    attribute, "is '" + text + "', which " + problem + ".", advice(place, withResult), null);
        }
        return new PromptExpression(
                expression,
                place.names(),
                new BeanFactoryResolver(beans),
                place.describe(attribute),
                consequence(attribute, place));
    }

    private static String consequence(String attribute, AnnotatedPlace place) {
        if (attribute.equals("usageSubject")) {
            return "such calls count for whom their thread tells, or for all that are not known";
        }
        return place.annotation() == CachedPrompt.class
                ? "such calls are not cached"
                : "such calls evict the whole cache";
    }

    private static Set<String> variables(AnnotatedPlace place, boolean withResult) {
        Set<String> variables = new HashSet<>(Set.of(place.names()));
        for (int i = 0; i < place.method().getParameterCount(); i++) {
            variables.add("p" + i);
            variables.add("a" + i);
        }
        if (withResult) {
            variables.add(PromptExpression.RESULT);
        }
        return variables;
    }

    private static String advice(AnnotatedPlace place, boolean withResult) {
        String[] names = place.names();
        if (place.method().getParameterCount() > 0 && names.length == 0) {
            return "Compile with -parameters, so that arguments have names, or write #p0 for the first argument.";
        }
        String arguments = names.length == 0 ? "no arguments" : "the arguments #" + String.join(", #", names);
        return "There are " + arguments + (withResult ? " and #result" : "")
                + ", and beans by their names, such as @tenants.current().";
    }
}
