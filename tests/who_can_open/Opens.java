import java.io.FileInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Collections;

/** Opens keystores, a line each of type, path, password and key password between tabs, and says what came of it. */
class Opens {
    public static void main(String[] arguments) throws Exception {
        for (String line : Files.readAllLines(Path.of(arguments[0]))) {
            String[] fields = line.split("\t", -1);
            System.out.println(open(fields[0], fields[1], fields[2].toCharArray(), fields[3].toCharArray()));
        }
    }

    private static String open(String type, String path, char[] password, char[] keyPassword) {
        try (FileInputStream file = new FileInputStream(path)) {
            KeyStore store = KeyStore.getInstance(type);
            store.load(file, password);
            int entries = 0;
            for (String alias : Collections.list(store.aliases())) {
                entries++;
                if (store.isKeyEntry(alias)) {
                    store.getKey(alias, keyPassword);
                }
            }
            return "opens\t" + entries;
        } catch (Exception | Error refusal) {
            return "refuses\t" + refusal.toString().replaceAll("\\s+", " ");
        }
    }
}
