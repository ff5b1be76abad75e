import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { TABLE_KEYS, TTL_ATTRIBUTE } from '../../lib/aws/stores/tables';

const ROOT = resolve(__dirname, '../..');
const page = readFileSync(join(ROOT, 'docs/storage.md'), 'utf8');

/** The sections of the memory table's chapter: what the heading says between backticks, and the text below it. */
const sections = page
  .split('## The table Memory')[1]
  ?.split(/^### /m)
  .slice(1)
  .map((text) => ({ key: /^`([^`]+)`/.exec(text)?.[1] ?? '', text }));

/** The arguments of each `memoryKey(…)` in lib, but for the function itself. */
const calls = readdirSync(join(ROOT, 'lib'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .flatMap((path) => [
    ...readFileSync(join(ROOT, 'lib', path), 'utf8').matchAll(/(?<!function )memoryKey\((.*)/g),
  ])
  .map(([, args = '']) => args);

test('every key in the code is made from a literal kind', () => {
  expect(calls.length).toBeGreaterThan(5);
  expect(calls.filter((args) => !/^'[a-z]+'/.test(args))).toEqual([]);
});

test('docs/storage.md has a section for each kind of key in the code, and for no other', () => {
  const kinds = new Set(calls.map((args) => /^'([a-z]+)'/.exec(args)?.[1]));
  expect(sections?.map(({ key }) => key.split(' ')[0]).sort()).toEqual([...kinds].sort());
});

test('each section says when its items end', () => {
  for (const { text } of sections ?? [])
    expect(text).toMatch(new RegExp(`\\| \`${TTL_ATTRIBUTE}\` \\| TTL \\||^No TTL`, 'm'));
});

test('docs/storage.md names the keys of all tables', () => {
  const { customers, memory, history } = TABLE_KEYS;
  expect(page).toContain(`Partition key \`${customers.partition}\`, sort key \`${customers.sort}\``);
  expect(page).toContain(`Partition key \`${history.partition}\`, sort key \`${history.sort}\``);
  expect(page).toContain(`Partition key \`${memory.partition}\``);
});
