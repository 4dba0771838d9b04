/** The parts of an OpenAPI 3.1 document that the reference page shows. */
export interface OpenApi {
  info: { title: string; version: string; description?: string };
  paths: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, SchemaNode> };
}

export interface Operation {
  summary?: string;
  description?: string;
  operationId?: string;
  tags?: string[];
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content?: Record<string, { schema?: SchemaNode }> };
  responses?: Record<
    string,
    { description?: string; content?: Record<string, { schema?: SchemaNode }> }
  >;
}

export interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema?: SchemaNode;
}

export interface SchemaNode {
  $ref?: string;
  type?: string | string[];
  format?: string;
  enum?: unknown[];
  items?: SchemaNode;
  properties?: Record<string, SchemaNode>;
  required?: string[];
  oneOf?: SchemaNode[];
  anyOf?: SchemaNode[];
  allOf?: SchemaNode[];
  additionalProperties?: boolean | SchemaNode;
  description?: string;
}

export interface Entry {
  id: string;
  method: string;
  path: string;
  operation: Operation;
}

const METHODS = ["get", "post", "put", "patch", "delete"];

/** All operations in the order of the document. */
export function entries(api: OpenApi): Entry[] {
  return Object.entries(api.paths).flatMap(([path, methods]) =>
    METHODS.filter((method) => methods[method]).map((method) => ({
      id: `${method}-${path}`.replace(/[^a-z0-9]+/gi, "-"),
      method,
      path,
      operation: methods[method] as Operation,
    })),
  );
}

/** The name behind a $ref, or null. */
export const refName = (node: SchemaNode): string | null => node.$ref?.split("/").pop() ?? null;

/** A schema in one line: "Statement[]", "string (date)", "a | b". */
export function typeText(node: SchemaNode | undefined): string {
  if (!node) return "";
  const name = refName(node);
  if (name) return name;
  if (node.enum) return node.enum.map((each) => JSON.stringify(each)).join(" | ");
  const choices = node.oneOf ?? node.anyOf;
  if (choices) return choices.map(typeText).join(" | ");
  if (node.allOf) return node.allOf.map(typeText).join(" & ");
  const type = Array.isArray(node.type) ? node.type.join(" | ") : (node.type ?? "any");
  if (node.items) return `${typeText(node.items)}[]`;
  return node.format ? `${type} (${node.format})` : type;
}
