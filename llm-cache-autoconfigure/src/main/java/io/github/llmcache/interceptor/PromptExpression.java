package io.github.llmcache.interceptor;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.expression.BeanResolver;
import org.springframework.expression.EvaluationException;
import org.springframework.expression.Expression;
import org.springframework.expression.spel.SpelNode;
import org.springframework.expression.spel.ast.FunctionReference;
import org.springframework.expression.spel.ast.VariableReference;
import org.springframework.expression.spel.standard.SpelExpression;
import org.springframework.expression.spel.support.StandardEvaluationContext;

/**
 * One SpEL attribute of one method, parsed and checked, to be evaluated for each call.
 *
 * <p>Thread-safe.
 */
final class PromptExpression {

    /** The variable that holds the answer, where there is one already. */
    static final String RESULT = "result";

    private static final Log log = LogFactory.getLog(PromptExpression.class);

    private final Expression expression;
    private final String[] names;
    private final @Nullable BeanResolver beans;
    private final String place;
    private final String consequence;
    private final AtomicBoolean warned = new AtomicBoolean();

    PromptExpression(
            Expression expression, String[] names, @Nullable BeanResolver beans, String place, String consequence) {
        this.expression = expression;
        this.names = names;
        this.beans = beans;
        this.place = place;
        this.consequence = consequence;
    }

    /** Evaluates the expression over the arguments of a call. */
    @Nullable
    Object evaluate(@Nullable Object[] arguments) {
        return evaluate(arguments, null);
    }

    /** Evaluates the expression over the arguments and the answer of a call. */
    @Nullable
    Object evaluateWithResult(@Nullable Object[] arguments, @Nullable Object result) {
        return evaluate(arguments, new Result(result));
    }

    /** Evaluates the expression over the arguments of a call; null is false, and what is no boolean a failure. */
    boolean test(@Nullable Object[] arguments) {
        return truth(evaluate(arguments, null));
    }

    /** Evaluates the expression over the arguments and the answer of a call, likewise. */
    boolean test(@Nullable Object[] arguments, @Nullable Object result) {
        return truth(evaluate(arguments, new Result(result)));
    }

    private boolean truth(@Nullable Object value) {
        if (value == null) {
            return false;
        }
        if (value instanceof Boolean truth) {
            return truth;
        }
        throw failed(new ClassCastException("no boolean"));
    }

    /** Whether the expression asks for the answer. */
    boolean needsResult() {
        return !(expression instanceof SpelExpression spel) || namesResult(spel.getAST());
    }

    private static boolean namesResult(SpelNode node) {
        if ((node instanceof VariableReference || node instanceof FunctionReference)
                && node.toStringAST().matches("#" + RESULT + "\\b.*")) {
            return true;
        }
        for (int i = 0; i < node.getChildCount(); i++) {
            if (namesResult(node.getChild(i))) {
                return true;
            }
        }
        return false;
    }

    /** The argument that the expression is, and no part of it; negative if it is none. */
    int argument() {
        if (!(expression instanceof SpelExpression spel) || !(spel.getAST() instanceof VariableReference variable)) {
            return -1;
        }
        String name = variable.toStringAST().substring(1);
        return name.matches("[pa]\\d{1,3}")
                ? Integer.parseInt(name.substring(1))
                : Arrays.asList(names).indexOf(name);
    }

    String text() {
        return expression.getExpressionString();
    }

    private @Nullable Object evaluate(@Nullable Object[] arguments, @Nullable Result result) {
        StandardEvaluationContext context = new StandardEvaluationContext();
        context.setBeanResolver(beans);
        for (int i = 0; i < arguments.length; i++) {
            context.setVariable("p" + i, arguments[i]);
            context.setVariable("a" + i, arguments[i]);
            if (i < names.length) {
                context.setVariable(names[i], arguments[i]);
            }
        }
        if (result != null) {
            context.setVariable(RESULT, result.value());
        }
        try {
            return expression.getValue(context);
        } catch (EvaluationException | IllegalStateException ex) {
            throw failed(ex);
        } catch (RuntimeException ex) {
            // What a bean or a property that the expression asks throws.
            throw failed(ex);
        }
    }

    /** Says, once, that what the expression yielded can't be used. */
    ExpressionFailedException failed(RuntimeException ex) {
        if (warned.compareAndSet(false, true)) {
            // The class alone: a message can quote the arguments.
            log.warn(place + " '" + text() + "' failed with " + ex.getClass().getName() + "; " + consequence
                    + ". This is said once.");
        }
        return new ExpressionFailedException();
    }

    private record Result(@Nullable Object value) {}

    /** Says that an expression failed in this call. */
    static final class ExpressionFailedException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        ExpressionFailedException() {
            super("An expression failed", null, false, false);
        }
    }
}
