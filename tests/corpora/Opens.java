// Opens each keystore of a folder as Java does, and prints a line for each: its name, and `ok` or why not.
//
// `N.pem` holds the certificates of sample N, and `N.key` its keys in PKCS#8, one after another, each
// behind its length. What Java does not take by itself, it takes from no keystore: such samples are
// `skipped`.

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Collections;
import java.util.List;

public class Opens {
    static final char[] PASSWORD = "changeit".toCharArray();

    public static void main(String[] arguments) throws Exception {
        List<Path> files;
        try (var all = Files.list(Path.of(arguments[0]))) {
            files = all.sorted().toList();
        }
        for (Path file : files) {
            String name = file.getFileName().toString();
            if (name.endsWith(".pem")) {
                System.out.println(name + " " + source(file));
            } else if (name.endsWith(".p12") || name.endsWith(".jks")) {
                System.out.println(name + " " + keystore(file, name.endsWith(".jks") ? "JKS" : "PKCS12"));
            }
        }
    }

    static String source(Path file) {
        try {
            var certificates = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(file)));
            Path keys = Path.of(file.toString().replaceAll("pem$", "key"));
            try (var data = new DataInputStream(Files.newInputStream(keys))) {
                while (data.available() != 0) {
                    key(data.readNBytes(data.readInt()));
                }
            }
            return "ok " + certificates.size();
        } catch (Exception | Error error) {
            return "skipped";
        }
    }

    static void key(byte[] encoded) throws Exception {
        for (String algorithm : List.of("RSA", "EC", "DSA", "Ed25519", "Ed448", "X25519", "X448", "DH", "RSASSA-PSS")) {
            try {
                KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
                return;
            } catch (java.security.spec.InvalidKeySpecException other) {
                // of another kind
            }
        }
        throw new Exception("a key of no kind");
    }

    static String keystore(Path file, String type) {
        try (InputStream input = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance(type);
            store.load(input, PASSWORD);
            int keys = 0;
            for (String alias : Collections.list(store.aliases())) {
                if (store.isKeyEntry(alias)) {
                    if (store.getKey(alias, PASSWORD) == null) {
                        return "no key under " + alias;
                    }
                    keys++;
                } else if (store.getCertificate(alias) == null) {
                    return "nothing under " + alias;
                }
            }
            return "ok " + store.size() + " " + keys;
        } catch (Exception | Error error) {
            return String.valueOf(error).replace('\n', ' ');
        }
    }
}
