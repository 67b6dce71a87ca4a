package io.github.llmcache.interceptor;

import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.expression.spel.SpelNode;
import org.springframework.expression.spel.ast.BeanReference;
import org.springframework.expression.spel.ast.CompoundExpression;
import org.springframework.expression.spel.ast.FunctionReference;
import org.springframework.expression.spel.ast.InlineMap;
import org.springframework.expression.spel.ast.MethodReference;
import org.springframework.expression.spel.ast.Projection;
import org.springframework.expression.spel.ast.PropertyOrFieldReference;
import org.springframework.expression.spel.ast.Selection;
import org.springframework.expression.spel.ast.VariableReference;

/** Finds what in a parsed SpEL expression names nothing: a variable that is no argument, a bean that is not there. */
final class ExpressionChecker {

    private final Set<String> variables;
    private final Predicate<String> beanExists;

    ExpressionChecker(Set<String> variables, Predicate<String> beanExists) {
        this.variables = variables;
        this.beanExists = beanExists;
    }

    /** Says what is wrong with an expression, or null if nothing is. */
    @Nullable
    String problemOf(SpelNode root) {
        return check(root, true, false);
    }

    /**
     * Checks a node and those below it.
     *
     * @param head whether the node stands where SpEL would ask the root object, which there is none of
     * @param element whether the node stands inside a projection or selection, where it asks the element
     */
    private @Nullable String check(SpelNode node, boolean head, boolean element) {
        String own = checkNode(node, head, element);
        if (own != null) {
            return own;
        }
        boolean compound = node instanceof CompoundExpression;
        boolean elementBelow = element || node instanceof Projection || node instanceof Selection;
        for (int i = 0; i < node.getChildCount(); i++) {
            if (node instanceof InlineMap && i % 2 == 0) {
                continue; // A key of an inline map is a name, not a property.
            }
            String problem = check(node.getChild(i), !compound || i == 0, elementBelow);
            if (problem != null) {
                return problem;
            }
        }
        return null;
    }

    private @Nullable String checkNode(SpelNode node, boolean head, boolean element) {
        if (node instanceof VariableReference || node instanceof FunctionReference) {
            return checkVariable(node.toStringAST(), element);
        }
        if (node instanceof BeanReference) {
            String name = node.toStringAST().replaceFirst("^[@&]", "").replaceAll("^'|'$", "");
            return beanExists.test(name) ? null : "asks for a bean '" + name + "', and there is none of that name";
        }
        if (head && !element && node instanceof PropertyOrFieldReference) {
            String name = node.toStringAST();
            return "reads '" + name + "' of nothing"
                    + (variables.contains(name) ? "; the argument is '#" + name + "'" : "");
        }
        if (head && !element && node instanceof MethodReference) {
            return "calls '" + node.toStringAST() + "' on nothing";
        }
        return null;
    }

    private @Nullable String checkVariable(String reference, boolean element) {
        String name = reference.replaceFirst("^#", "").replaceFirst("\\(.*$", "");
        if (element && name.equals("this") || variables.contains(name)) {
            return null;
        }
        return "names '#" + name + "', which is no argument of the method";
    }
}
