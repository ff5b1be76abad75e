import { distance } from 'fastest-levenshtein';
import type { Problem } from '../../registrar/record/customer';
import { isObject } from '../../registrar/record/json';
import { numberRecordSchema, recordSchema } from './record-schema';

/** The same problem; of an unknown field, with the name of the field that was probably meant. */
export function withNearestField(problem: Problem): Problem {
  if (!problem.unknownField) return problem;
  const isOfNumber = problem.of === 'number';
  const nearest = nearestField(problem.path, isOfNumber ? numberRecordSchema() : recordSchema());
  const meant = nearest === undefined ? '' : `: did you mean ${nearest}?`;
  return { ...problem, fix: `is not a field of a ${isOfNumber ? 'number' : 'customer record'}${meant}` };
}

/** What is wrong with the path of a field, such as `callerId.default`; undefined: there is such a field. */
export function problemOfField(path: string): string | undefined {
  if (fieldPaths(recordSchema(), '').includes(path)) return undefined;
  return withNearestField({ path, fix: '', unknownField: true }).fix;
}

/**
 * The field that a misspelt one most probably means: the one whose name is nearest beside it, else one of the same
 * name elsewhere in the record.
 * @param path such as `callerId.patterns[1].mach`
 */
export function nearestField(
  path: string,
  schema: ReturnType<typeof recordSchema> = recordSchema(),
): string | undefined {
  const steps = path.replace(/\[\d+\]/g, '').split('.');
  const [name = '', parent] = [steps.at(-1), steps.slice(0, -1).join('.')];
  const fields = fieldPaths(schema, '');
  const plain = (field: string) => lastOf(field).toLowerCase();
  const beside = fields.filter((field) => parentOf(field) === parent);
  const far = (field: string) => distance(plain(field), name.toLowerCase().replaceAll('_', ''));
  const [nearest] = beside.toSorted((a, b) => far(a) - far(b));
  if (nearest !== undefined && far(nearest) <= Math.max(1, Math.floor((name.length + 1) / 3)))
    return lastOf(nearest);
  const longer = beside.find((field) => beginAlike(plain(field), name.toLowerCase()));
  if (longer !== undefined) return lastOf(longer);
  return fields.find((field) => plain(field) === name.toLowerCase());
}

/** `desc` and `description`, `host` and `hostname`. */
function beginAlike(a: string, b: string): boolean {
  return Math.min(a.length, b.length) >= SHORTEST_WORD && (a.startsWith(b) || b.startsWith(a));
}

const SHORTEST_WORD = 4;

function fieldPaths(schema: unknown, path: string): string[] {
  if (!isObject(schema)) return [];
  const inner = [schema, ...(Array.isArray(schema.anyOf) ? schema.anyOf : []), schema.items].filter(isObject);
  return inner.flatMap(({ properties }) =>
    Object.entries(isObject(properties) ? properties : {}).flatMap(([name, field]) => {
      const deeper = path ? `${path}.${name}` : name;
      return [deeper, ...fieldPaths(field, deeper)];
    }),
  );
}

function lastOf(path: string): string {
  return path.split('.').at(-1) ?? path;
}

function parentOf(path: string): string {
  return path.split('.').slice(0, -1).join('.');
}
