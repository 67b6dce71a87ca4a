package io.github.llmcache.autoconfigure.metrics;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names in an expression of Prometheus's query language: of metrics and of their labels.
 *
 * <p>Knows as much of the language as the dashboard and the alerts use, and refuses the rest, so that no name passes unseen.
 */
final class PromQlNames {

    /** A metric, and what its labels are to be. */
    record Selector(String metric, Map<String, String> matchers) {}

    /** Labels that an aggregation keeps, and the metrics that it aggregates. */
    record Grouping(List<String> labels, List<Selector> operands) {}

    private static final Pattern TOKEN = Pattern.compile(
            "\\s+|\"(?:[^\"\\\\]|\\\\.)*\"|[0-9][0-9a-z.]*|\\$\\w+|[a-zA-Z_][a-zA-Z0-9_]*|=~|!~|!=|>=|<=|==|[-+*/<>=(){}\\[\\],]");
    private static final Set<String> AGGREGATIONS = Set.of("sum", "min", "max", "avg", "count");
    private static final Set<String> FUNCTIONS = Set.of("rate", "increase", "label_values");
    private static final Set<String> OPERATORS = Set.of("and", "or", "unless", "offset");

    private final List<Selector> selectors = new ArrayList<>();
    private final List<Grouping> groupings = new ArrayList<>();
    private final Set<String> variables = new LinkedHashSet<>();
    private final List<String> tokens;

    private PromQlNames(List<String> tokens) {
        this.tokens = tokens;
        read();
    }

    static PromQlNames of(String expression) {
        List<String> tokens = new ArrayList<>();
        Set<String> variables = new LinkedHashSet<>();
        Matcher token = TOKEN.matcher(expression);
        int end = 0;
        while (token.find()) {
            if (token.start() != end) {
                break;
            }
            end = token.end();
            if (!token.group().isBlank()) {
                tokens.add(token.group());
            }
        }
        if (end != expression.length()) {
            throw new AssertionError("Not understood from character " + end + " on: " + expression);
        }
        Matcher variable = Pattern.compile("\\$(\\w+)").matcher(expression);
        while (variable.find()) {
            variables.add(variable.group(1));
        }
        PromQlNames names = new PromQlNames(tokens);
        names.variables.addAll(variables);
        return names;
    }

    /** The metrics, in their order. */
    List<Selector> selectors() {
        return selectors;
    }

    /** The aggregations that keep labels. */
    List<Grouping> groupings() {
        return groupings;
    }

    /** The dashboard's variables. */
    Set<String> variables() {
        return variables;
    }

    /** The labels that the series of the result have: those that every outermost aggregation keeps, else those of the metric. */
    List<String> keptLabels() {
        return groupings.isEmpty() ? List.of() : groupings.get(0).labels();
    }

    boolean isAggregated() {
        return tokens.stream().anyMatch(AGGREGATIONS::contains);
    }

    private void read() {
        int at = 0;
        while (at < tokens.size()) {
            String token = tokens.get(at);
            if (AGGREGATIONS.contains(token)) {
                at = aggregation(at + 1);
            } else if (FUNCTIONS.contains(token)) {
                expect(at + 1, "(");
                if (token.equals("label_values")) {
                    at = labelValues(at + 1);
                    continue;
                }
                at++;
            } else if (token.equals("[")) {
                at = close(at, "[", "]") + 1;
            } else if (Character.isLetter(token.charAt(0)) && !OPERATORS.contains(token)) {
                at = selector(at);
            } else {
                at++;
            }
        }
    }

    private int aggregation(int at) {
        if (!tokens.get(at).equals("by")) {
            expect(at, "(");
            return at;
        }
        expect(at + 1, "(");
        int end = close(at + 1, "(", ")");
        List<String> labels = names(at + 2, end);
        expect(end + 1, "(");
        int operandEnd = close(end + 1, "(", ")");
        PromQlNames operand = new PromQlNames(tokens.subList(end + 2, operandEnd));
        groupings.add(new Grouping(labels, operand.selectors));
        groupings.addAll(operand.groupings);
        selectors.addAll(operand.selectors);
        return operandEnd + 1;
    }

    /** Grafana's own: the values of a label of a metric. */
    private int labelValues(int open) {
        int end = close(open, "(", ")");
        PromQlNames metric = new PromQlNames(tokens.subList(open + 1, end - 2));
        groupings.add(new Grouping(List.of(tokens.get(end - 1)), metric.selectors));
        selectors.addAll(metric.selectors);
        return end + 1;
    }

    private int selector(int at) {
        Map<String, String> matchers = new LinkedHashMap<>();
        int next = at + 1;
        if (next < tokens.size() && tokens.get(next).equals("(")) {
            throw new AssertionError("Not a function that is known here: " + tokens.get(at));
        }
        if (next < tokens.size() && tokens.get(next).equals("{")) {
            int end = close(next, "{", "}");
            for (int label = next + 1; label < end; label += 4) {
                String value = tokens.get(label + 2);
                matchers.put(tokens.get(label), value.substring(1, value.length() - 1));
            }
            next = end + 1;
        }
        selectors.add(new Selector(tokens.get(at), matchers));
        return next;
    }

    private List<String> names(int from, int to) {
        return tokens.subList(from, to).stream()
                .filter(token -> !token.equals(","))
                .toList();
    }

    private int close(int from, String open, String close) {
        int depth = 0;
        for (int at = from; at < tokens.size(); at++) {
            if (tokens.get(at).equals(open)) {
                depth++;
            } else if (tokens.get(at).equals(close) && --depth == 0) {
                return at;
            }
        }
        throw new AssertionError("Nothing closes " + open + " in " + tokens);
    }

    private void expect(int at, String token) {
        if (at >= tokens.size() || !tokens.get(at).equals(token)) {
            throw new AssertionError("Expected " + token + " as token " + at + " of " + tokens);
        }
    }
}
