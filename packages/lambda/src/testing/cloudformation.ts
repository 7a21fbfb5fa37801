import { readFileSync } from "node:fs";
import { type CollectionTag, parse, type ScalarTag } from "yaml";

/** A template as CloudFormation sees it once it has put in the parameters. */
export interface ResolvedTemplate {
  /** Those whose condition holds: their properties. */
  readonly resources: Readonly<Record<string, Resource>>;
}

export interface Resource {
  readonly type: string;
  readonly properties: Record<string, unknown>;
}

type Parameters = Readonly<Record<string, string>>;
type Fields = Record<string, unknown>;

const NOTHING = Symbol("AWS::NoValue");
const PSEUDO: Parameters = {
  "AWS::Partition": "aws",
  "AWS::Region": "eu-west-1",
  "AWS::AccountId": "123456789012",
};
const FUNCTIONS = [
  "Ref",
  "GetAtt",
  "Sub",
  "If",
  "Equals",
  "Not",
  "And",
  "Join",
  "Split",
  "Condition",
];

/** The short forms, `!Sub x`, in the long one: `{ Sub: x }`. */
const SHORT_FORMS: (ScalarTag | CollectionTag)[] = FUNCTIONS.flatMap((name) => [
  { tag: `!${name}`, resolve: (text: string) => ({ [name]: text }) },
  {
    tag: `!${name}`,
    collection: "seq",
    resolve: (seq) => ({ [name]: seq.toJSON() }),
  } satisfies CollectionTag,
]);

/** Works out a template: only what this project's uses. A name that isn't there throws. */
export function resolveTemplate(file: string, given: Parameters): ResolvedTemplate {
  const template: Fields = parse(readFileSync(file, "utf8"), { customTags: SHORT_FORMS });
  const parameters = { ...PSEUDO, ...defaultsOf(fieldsOf(template["Parameters"])), ...given };
  const conditions = fieldsOf(template["Conditions"]);
  const scope: Scope = { parameters, conditions, resources: fieldsOf(template["Resources"]) };
  const resources: Record<string, Resource> = {};
  for (const [name, resource] of Object.entries(scope.resources)) {
    const { Type, Condition, Properties } = fieldsOf(resource);
    if (Condition !== undefined && work(conditions[String(Condition)], scope) !== true) continue;
    resources[name] = { type: String(Type), properties: fieldsOf(work(Properties, scope)) };
  }
  return { resources };
}

interface Scope {
  readonly parameters: Parameters;
  readonly conditions: Fields;
  readonly resources: Fields;
}

function work(node: unknown, scope: Scope): unknown {
  if (Array.isArray(node)) return node.map((item) => work(item, scope)).filter(isSomething);
  if (typeof node !== "object" || node === null) return node;
  const [[name, argument] = ["", undefined], ...others] = Object.entries(node);
  if (others.length === 0 && FUNCTIONS.includes(name)) return call(name, argument, scope);
  const fields = Object.entries(node).map(([key, value]) => [key, work(value, scope)] as const);
  return Object.fromEntries(fields.filter(([, value]) => isSomething(value)));
}

const isSomething = (value: unknown) => value !== NOTHING;

function call(name: string, argument: unknown, scope: Scope): unknown {
  if (name === "Ref") return reference(String(argument), scope);
  if (name === "GetAtt") return `<${argument}>`;
  if (name === "Condition") return work(scope.conditions[String(argument)], scope);
  if (name === "Sub") return substitute(argument, scope);
  const list = Array.isArray(argument) ? argument : [];
  const [first, second, third] = list;
  if (name === "If") return work(work(scope.conditions[first], scope) ? second : third, scope);
  const [left, right] = [work(first, scope), work(second, scope)];
  if (name === "Equals") return String(left) === String(right);
  if (name === "Not") return left !== true;
  if (name === "And") return left === true && right === true;
  if (name === "Join") return textsOf(right).join(String(left));
  return String(right).split(String(left));
}

/** A list parameter stays the text with its commas; `Join` takes it apart. */
function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : String(value).split(",");
}

function reference(name: string, { parameters, resources }: Scope): unknown {
  if (name === "AWS::NoValue") return NOTHING;
  const value = parameters[name];
  if (value !== undefined) return value;
  if (name in resources) return `<${name}>`;
  throw new Error(`the template names ${name}, which isn't there`);
}

function substitute(argument: unknown, scope: Scope): string {
  const [text, own] = Array.isArray(argument) ? argument : [argument, {}];
  return String(text).replace(/\$\{([^}]+)\}/g, (_all, name: string) => {
    const local = fieldsOf(own)[name];
    if (local !== undefined) return String(work(local, scope));
    return name.includes(".") ? `<${name}>` : String(reference(name, scope));
  });
}

function defaultsOf(parameters: Fields): Parameters {
  const entries = Object.entries(parameters).map(([name, about]) => [
    name,
    fieldsOf(about)["Default"],
  ]);
  return Object.fromEntries(
    entries.filter(([, value]) => value !== undefined).map(([name, value]) => [name, `${value}`]),
  );
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value))
    : {};
}
