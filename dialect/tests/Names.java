// Prints names as the JDK does: a name a line, hexadecimal DER in, hexadecimal UTF-16 out, and `refused`
// for what is no name to it.
import java.io.*;
import javax.security.auth.x500.X500Principal;

public class Names {
    public static void main(String[] arguments) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
        for (String line; (line = lines.readLine()) != null;) {
            String printed = "refused";
            try {
                StringBuilder units = new StringBuilder(".");
                for (char unit : new X500Principal(octets(line)).toString().toCharArray()) {
                    units.append(String.format("%04x", (int) unit));
                }
                printed = units.toString();
            } catch (IllegalArgumentException refused) {
            }
            System.out.println(printed);
        }
    }

    static byte[] octets(String hex) {
        byte[] octets = new byte[hex.length() / 2];
        for (int at = 0; at < octets.length; at++) {
            octets[at] = (byte) Integer.parseInt(hex.substring(2 * at, 2 * at + 2), 16);
        }
        return octets;
    }
}
