import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { callSettings } from '../../lib/admin/call-settings';
import { checkCalls } from '../../lib/admin/commands/check';
import { findColumnMap } from '../../lib/admin/files/column-maps';
import { readCustomersFile } from '../../lib/admin/files/customers-file';
import { recordsInFile } from '../../lib/admin/records/known-records';
import { openDesk } from './desk';

const ROOT = join(__dirname, '../..');
const DOC = readFileSync(join(ROOT, 'docs/customers.md'), 'utf8');

/** The first block of code that begins so. */
const example = (start: string) => {
  const from = DOC.indexOf(`\n${start}`) + 1;
  expect(from).toBeGreaterThan(0);
  return DOC.slice(from, DOC.indexOf('\n```', from));
};

describe('the examples of docs/customers.md', () => {
  test('the CSV is read without a problem', () => {
    const { records, problems } = readCustomersFile(example('realm,username,password'));
    expect(problems).toEqual([]);
    expect(records.map(({ item }) => item)).toMatchObject([
      { username: 'JaneDoe', techPrefix: '444924#', destinations: { deny: ['900', '1900'] } },
    ]);
  });

  test('the nested JSON is read without a problem', () => {
    expect(readCustomersFile(example('{ "register.telecomsxchange.com": { "JaneDoe"')).problems).toEqual([]);
  });

  test('the call tests come out as they say, by the sample customers', async () => {
    const calls = example('aor,dialled,from,rings,trunk');
    const desk = await openDesk({ readAll: async () => Buffer.from(calls) });
    try {
      const samples = join(ROOT, 'lib/local/sample-customers.json');
      const known = await recordsInFile(desk.shell, samples, callSettings({}));
      expect(await checkCalls(desk.shell, known, '-')).toEqual({ code: 0, json: { calls: 2, failures: [] } });
    } finally {
      await desk.stop();
    }
  });
});

test('the map of docs/import.md is read, and reads a file', async () => {
  const page = readFileSync(join(ROOT, 'docs/import.md'), 'utf8');
  const [, map = ''] = /```json\n([\s\S]*?)```/.exec(page) ?? [];
  const desk = await openDesk({ readAll: async () => Buffer.from(map) });
  try {
    const { records, problems } = readCustomersFile(
      'Login,SIP Secret,Room\nann,s3cret,12\n',
      await findColumnMap(desk.shell, { map: '-' }),
    );
    expect(problems).toEqual([]);
    expect(records.map(({ item }) => item)).toEqual([
      {
        realm: 'sip.example.com',
        username: 'ann',
        password: 's3cret',
        customer: 'AcmeInc',
        destinations: { deny: ['900', '1900'] },
      },
    ]);
  } finally {
    await desk.stop();
  }
});
