import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ADMISSION_REFUSALS } from '../../lib/registrar/auth/admission';

const page = readFileSync(join(__dirname, '..', '..', 'docs', 'authentication.md'), 'utf8');

test.each(ADMISSION_REFUSALS)('docs/authentication.md says what `%s` means', (because) => {
  const rows = page.split('\n').filter((line) => line.startsWith('| `'));
  expect(rows.some((row) => row.split('|')[1]?.includes(`\`${because}\``))).toBe(true);
});
