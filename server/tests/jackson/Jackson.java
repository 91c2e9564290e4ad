// Writes each line of JSON as Jackson writes it: JSON, laid-out JSON, YAML, CBOR and SMILE, with the
// settings that Elasticsearch gives to its generators. It made jackson.jsonl, by
//
//     apt-get install libjackson2-{core,databind,annotations}-java \
//         libjackson2-dataformat-{cbor,smile,yaml} libyaml-snake-java
//     export CLASSPATH=.:$(ls /usr/share/java/{jackson-*,snakeyaml}.jar | tr '\n' ':')
//     javac Jackson.java && python3 corpus.py | java Jackson > jackson.jsonl
//
// on Debian 12: jackson-core 2.14.1, CBOR and SMILE 2.7.8, YAML 2.8.11, SnakeYAML 1.33, OpenJDK 17.0.15.
import com.fasterxml.jackson.core.*;
import com.fasterxml.jackson.core.util.*;
import com.fasterxml.jackson.dataformat.cbor.*;
import com.fasterxml.jackson.dataformat.smile.*;
import com.fasterxml.jackson.dataformat.yaml.*;
import java.io.*;
import java.nio.charset.StandardCharsets;

public class Jackson {
    static final JsonFactory JSON = new JsonFactory();

    public static void main(String[] arguments) throws IOException {
        SmileFactory smile = new SmileFactory();
        smile.configure(SmileGenerator.Feature.ENCODE_BINARY_AS_7BIT, false);
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream out = new PrintStream(System.out, false, "UTF-8");
        for (String line; (line = lines.readLine()) != null;) {
            StringWriter text = new StringWriter();
            JsonGenerator row = JSON.createGenerator(text);
            row.writeStartObject();
            row.writeStringField("json", text(written(JSON, line, false)));
            if (line.length() < 500) row.writeStringField("pretty", text(written(JSON, line, true)));
            row.writeStringField("yaml", text(written(new YAMLFactory(), line, true)));
            row.writeStringField("cbor", hex(written(new CBORFactory(), line, true)));
            row.writeStringField("smile", hex(written(smile, line, true)));
            row.writeEndObject();
            row.close();
            out.println(text);
        }
        out.flush();
    }

    static byte[] written(JsonFactory factory, String json, boolean pretty) throws IOException {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        JsonParser parser = JSON.createParser(json);
        JsonGenerator generator = factory.createGenerator(octets, JsonEncoding.UTF8);
        if (pretty) {
            DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
            generator.setPrettyPrinter(new DefaultPrettyPrinter().withObjectIndenter(indenter).withArrayIndenter(indenter));
        }
        while (parser.nextToken() != null) copy(parser, generator);
        generator.close();
        return octets.toByteArray();
    }

    // By the methods that Elasticsearch calls: copyCurrentEvent would take others for texts.
    static void copy(JsonParser parser, JsonGenerator generator) throws IOException {
        switch (parser.getCurrentToken()) {
            case START_ARRAY: generator.writeStartArray(); break;
            case END_ARRAY: generator.writeEndArray(); break;
            case START_OBJECT: generator.writeStartObject(); break;
            case END_OBJECT: generator.writeEndObject(); break;
            case FIELD_NAME: generator.writeFieldName(parser.getText()); break;
            case VALUE_STRING: generator.writeString(parser.getText()); break;
            case VALUE_NUMBER_INT: generator.writeNumber(parser.getIntValue()); break;
            case VALUE_TRUE: generator.writeBoolean(true); break;
            case VALUE_FALSE: generator.writeBoolean(false); break;
            default: generator.writeNull();
        }
    }

    static String text(byte[] octets) {
        return new String(octets, StandardCharsets.UTF_8);
    }

    static String hex(byte[] octets) {
        StringBuilder hex = new StringBuilder();
        for (byte octet : octets) hex.append(String.format("%02x", octet));
        return hex.toString();
    }
}
