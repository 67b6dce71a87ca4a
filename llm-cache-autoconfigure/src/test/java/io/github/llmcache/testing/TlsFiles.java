package io.github.llmcache.testing;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;

/** A certificate of the test's own, signed by itself, and its key, made by the JDK's {@code keytool}. */
public final class TlsFiles {

    private static final char[] PASSWORD = "only-for-tests".toCharArray();

    private final Path certificate;
    private final Path key;

    private TlsFiles(Path certificate, Path key) {
        this.certificate = certificate;
        this.key = key;
    }

    /** Makes a certificate for the loopback interface. */
    public static TlsFiles create(Path folder) throws Exception {
        Files.createDirectories(folder);
        Path store = folder.resolve("server.p12");
        run(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "redis",
                "-keyalg",
                "RSA",
                "-keysize",
                "2048",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost,ip:127.0.0.1",
                "-ext",
                "bc=ca:true",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-storepass",
                new String(PASSWORD),
                "-keystore",
                store.toString());
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD);
        }
        return new TlsFiles(
                pem(
                        folder.resolve("server.crt"),
                        "CERTIFICATE",
                        keys.getCertificate("redis").getEncoded()),
                pem(
                        folder.resolve("server.key"),
                        "PRIVATE KEY",
                        keys.getKey("redis", PASSWORD).getEncoded()));
    }

    /** The certificate, in PEM. */
    public Path certificate() {
        return certificate;
    }

    /** What a server takes on its command line to speak TLS on a port, beside its plain one. */
    public String[] serverOptions(int port) {
        return new String[] {
            "--tls-port", Integer.toString(port),
            "--tls-cert-file", certificate.toString(),
            "--tls-key-file", key.toString(),
            "--tls-ca-cert-file", certificate.toString(),
            "--tls-auth-clients", "no"
        };
    }

    private static Path pem(Path file, String type, byte[] content) throws IOException {
        String encoded = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        return Files.writeString(file, "-----BEGIN " + type + "-----\n" + encoded + "\n-----END " + type + "-----\n");
    }

    private static void run(String... command) throws Exception {
        Process process =
                new ProcessBuilder(List.of(command)).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(said);
        }
    }
}
