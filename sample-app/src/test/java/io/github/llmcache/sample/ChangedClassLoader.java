package io.github.llmcache.sample;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Loads the sample's classes anew, with one text in them replaced by another of the same length. */
final class ChangedClassLoader extends ClassLoader {

    private static final String SAMPLE = SampleApplication.class.getPackageName() + ".";

    private final String text;
    private final String replacement;

    ChangedClassLoader(String text, String replacement) {
        super(SampleApplication.class.getClassLoader());
        if (text.length() != replacement.length()) {
            throw new IllegalArgumentException("A class file tells the length of each text in it");
        }
        this.text = text;
        this.replacement = replacement;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(SAMPLE)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded != null ? loaded : define(name);
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        try (InputStream file = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (file == null) {
                throw new ClassNotFoundException(name);
            }
            // In Latin-1 each byte is one character, so that all others come out as they went in.
            byte[] changed = new String(file.readAllBytes(), StandardCharsets.ISO_8859_1)
                    .replace(text, replacement)
                    .getBytes(StandardCharsets.ISO_8859_1);
            return defineClass(name, changed, 0, changed.length);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }
}
