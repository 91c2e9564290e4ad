// Writes the TypeScript types of the report from its JSON Schema, so that Rust is the only place where
// they are written down: `node npm/types.js SCHEMA TYPES`.
//
// It knows just the keywords that the schema uses, and refuses others rather than lose them.

import { readFile, writeFile } from "node:fs/promises";

const [schemaFile, typesFile] = process.argv.slice(2);

const { $schema, $defs, title, ...root } = JSON.parse(await readFile(schemaFile, "utf8"));
const declarations = Object.entries({ [title]: root, ...$defs }).map(declaration);
await writeFile(typesFile, `// Made from report.schema.json.\n\n${declarations.join("\n")}`);

function declaration([name, schema]) {
  const { description, ...shape } = schema;
  const isInterface = shape.type === "object" && !shape.$ref;
  const body = isInterface ? `interface ${name} ${type(shape)}` : `type ${name} =${type(shape, "  ")};`;
  return `${comment(description)}export ${body}\n`;
}

/** The type of a schema; alternatives stand on lines of their own, which begin with `indent`. */
function type(schema, indent = "") {
  const { description, format, minimum, maximum, default: missing, ...shape } = schema;
  const { $ref, anyOf, oneOf, const: constant, type: name, items, properties, required, ...rest } = shape;
  const unknown = Object.keys(rest);
  if (0 < unknown.length) throw new Error(`unknown keywords in ${schemaFile}: ${unknown.join(", ")}`);

  const own = properties && object(properties, required, indent);
  if ($ref) return [own, $ref.split("/").at(-1)].filter(Boolean).join(" & ");
  if (oneOf) return oneOf.map((one) => `\n${comment(one.description, indent)}${indent}| ${type(one, indent)}`).join("");
  if (anyOf) return anyOf.map((one) => type(one, indent)).join(" | ");
  if (constant !== undefined) return JSON.stringify(constant);
  if (own) return own;
  return [name].flat().map((one) => simple(one, items)).join(" | ");
}

function simple(name, items) {
  if (name === "array") return `Array<${type(items)}>`;
  return name === "integer" ? "number" : name;
}

function object(properties, required, indent) {
  const fields = Object.entries(properties).map(([name, schema]) => {
    const mark = required?.includes(name) ? "" : "?";
    return `${comment(schema.description, `${indent}  `)}${indent}  ${name}${mark}: ${type(schema)};\n`;
  });
  return `{\n${fields.join("")}${indent}}`;
}

function comment(text, indent = "") {
  return text ? `${indent}/** ${text.replaceAll("\n", `\n${indent} * `)} */\n` : "";
}
