import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import type { PropertyType, ResourceProperties } from '@aws-cdk/service-spec-types';

export interface CloudFormationTemplate {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties?: object }>>;
  readonly Parameters?: object;
}

/** Values that CloudFormation knows without a resource. */
const PSEUDO = /^AWS::(AccountId|NoValue|Partition|Region|StackId|StackName|URLSuffix)$/;

/**
 * Holds a template against AWS's own description of each resource type: properties that do not exist, required ones
 * that are missing, values of another kind, references to nothing. What CloudFormation would say at deploy time.
 */
export function schemaProblems(template: CloudFormationTemplate): string[] {
  return Object.entries(template.Resources).flatMap(([id, { Type, Properties = {} }]) => {
    const [resource] = SPEC.lookup('resource', 'cloudFormationType', 'equals', Type);
    if (!resource) return [`${id}: there is no type ${Type}`];
    return [
      ...objectProblems(`${id} (${Type})`, Properties, resource.properties),
      ...referenceProblems(id, Properties, template),
    ];
  });
}

const SPEC = loadAwsServiceSpecSync();

function objectProblems(at: string, value: object, properties: ResourceProperties): string[] {
  const unknown = Object.keys(value).filter((name) => !(name in properties));
  const missing = Object.keys(properties).filter((name) => properties[name]?.required && !(name in value));
  return [
    ...unknown.map((name) => `${at}: there is no property ${name}`),
    ...missing.map((name) => `${at}: ${name} is missing`),
    ...Object.entries(value).flatMap(([name, it]) => {
      const type = properties[name]?.type;
      return type ? valueProblems(`${at}.${name}`, it, type) : [];
    }),
  ];
}

function valueProblems(at: string, value: unknown, type: PropertyType): string[] {
  if (isIntrinsic(value)) return [];
  switch (type.type) {
    case 'union':
      return type.types.some((it) => valueProblems(at, value, it).length === 0)
        ? []
        : [`${at}: fits none of its types`];
    case 'array':
      return Array.isArray(value)
        ? value.flatMap((it, index) => valueProblems(`${at}[${index}]`, it, type.element))
        : [`${at}: must be a list`];
    case 'map':
      return isObject(value)
        ? Object.entries(value).flatMap(([key, it]) => valueProblems(`${at}.${key}`, it, type.element))
        : [`${at}: must be an object`];
    case 'ref':
      return isObject(value)
        ? objectProblems(at, value, SPEC.get('typeDefinition', type.reference).properties)
        : [`${at}: must be an object`];
    case 'string':
      if (typeof value === 'object') return [`${at}: must be a text`];
      return type.allowedValues && !type.allowedValues.includes(String(value))
        ? [`${at}: "${value}" is none of ${type.allowedValues.join(', ')}`]
        : [];
    case 'integer':
    case 'number':
      return Number.isFinite(Number(value)) ? [] : [`${at}: must be a number`];
    case 'boolean':
      return ['true', 'false'].includes(String(value)) ? [] : [`${at}: must be true or false`];
    default:
      return [];
  }
}

/** Every Ref and Fn::GetAtt must lead to something in the template that has that attribute. */
function referenceProblems(at: string, value: unknown, template: CloudFormationTemplate): string[] {
  if (Array.isArray(value)) return value.flatMap((it) => referenceProblems(at, it, template));
  if (!isObject(value)) return [];
  const { Ref: ref, 'Fn::GetAtt': get } = value;
  if (typeof ref === 'string') {
    const known = PSEUDO.test(ref) || ref in template.Resources || ref in (template.Parameters ?? {});
    return known ? [] : [`${at}: Ref to ${ref}, which is nowhere`];
  }
  if (Array.isArray(get)) {
    const [id, attribute] = get.map(String);
    const [resource] = SPEC.lookup(
      'resource',
      'cloudFormationType',
      'equals',
      template.Resources[id ?? '']?.Type ?? '',
    );
    return resource && attribute !== undefined && attribute in resource.attributes
      ? []
      : [`${at}: Fn::GetAtt of ${id}.${attribute}, which is nowhere`];
  }
  return Object.values(value).flatMap((it) => referenceProblems(at, it, template));
}

function isIntrinsic(value: unknown): boolean {
  const keys = isObject(value) ? Object.keys(value) : [];
  return keys.length === 1 && /^(Ref|Fn::\w+)$/.test(keys[0] ?? '');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
