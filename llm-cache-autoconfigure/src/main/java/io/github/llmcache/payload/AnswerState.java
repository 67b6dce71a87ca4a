package io.github.llmcache.payload;

/** Whether an answer is one that may be served again. */
public enum AnswerState {
    /** The model said all it had to say. */
    COMPLETE,
    /** There is nothing in it: a blank text, an empty collection or optional. */
    EMPTY,
    /** The model was cut off, as by a limit of tokens. */
    TRUNCATED,
    /** A content filter took the answer or a part of it away. */
    FILTERED,
    /** The model asks for a tool to be run: a step on the way, not an answer. */
    TOOL_CALL,
    /** The model ended for a reason that does not tell whether the answer is whole. */
    UNKNOWN
}
