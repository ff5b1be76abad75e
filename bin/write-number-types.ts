import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { numberTypeLines, numberTypeTable } from '../lib/admin/number-types';

/** Puts the table of number types, made from the installed libphonenumber-js, into its source file and its document. */
const lines = numberTypeLines(require('libphonenumber-js/metadata.max.json'));

replace(
  'lib/registrar/calls/high-risk-number-types.ts',
  /(?<=const NUMBER_TYPES = `\n)[^`]*/,
  `${numberTypeTable(lines).join('\n')}\n`,
);
replace(
  'docs/high-risk-ranges.md',
  /(?<=\| country \| kind \| prefixes \|\n\|---\|---\|---\|\n)(?:\|.*\n)*/,
  lines.map(documented).join(''),
);

function documented(line: string): string {
  const [country, kind, ...prefixes] = line.split(' ');
  return `| ${country} | ${kind} | ${prefixes.map((it) => `\`${it}\``).join(' ')} |\n`;
}

function replace(file: string, part: RegExp, text: string): void {
  const path = join(__dirname, '..', file);
  const before = readFileSync(path, 'utf8');
  if (!part.test(before)) throw new Error(`${file} has no place for the table`);
  writeFileSync(
    path,
    before.replace(part, () => text),
  );
}
