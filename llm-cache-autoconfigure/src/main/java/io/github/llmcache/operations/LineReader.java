package io.github.llmcache.operations;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Reads lines of bytes; of one that is longer than any answer, only the beginning. Not thread-safe. */
final class LineReader {

    /** The longest line that is read whole. */
    static final int LONGEST = 64 * 1024 * 1024;

    private final InputStream in;
    private long number;
    private boolean cut;

    LineReader(InputStream in) {
        this.in = new BufferedInputStream(in, 64 * 1024);
    }

    /** The next line without its end, or null after the last. */
    byte @Nullable [] next() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(1024);
        cut = false;
        int read = in.read();
        if (read < 0) {
            return null;
        }
        number++;
        while (read >= 0 && read != '\n') {
            if (line.size() < LONGEST) {
                line.write(read);
            } else {
                cut = true;
            }
            read = in.read();
        }
        return line.toByteArray();
    }

    /** The number of the line that was read last, from 1 on. */
    long number() {
        return number;
    }

    /** Whether the line that was read last was cut. */
    boolean isCut() {
        return cut;
    }
}
