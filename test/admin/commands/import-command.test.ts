import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalStack, startLocalStack } from '../../../lib/local/stack';
import { runTool, startTool } from '../../tool';
import { type AwsStandIn, startAws } from '../stand-ins/aws-stand-in';

let folder: string;
let stack: LocalStack;
let env: Record<string, string>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edge-registrar-'));
  stack = await startLocalStack({ PORT: '0', DYNAMODB_PORT: '0' }, () => {});
  env = { PORT: new URL(stack.url).port };
});
afterAll(async () => {
  await stack.stop();
  await rm(folder, { recursive: true });
});

const run = (args: readonly string[], input: string | Buffer = '') => runTool(args, { input, env });
const importText = (input: string | Buffer, ...args: string[]) =>
  run(['customers', 'import', '-', ...args], input);
const fileOf = (name: string, text: string) => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};
const recordsOf = async (realm: string) =>
  JSON.parse((await run(['customers', 'export', '--realm', realm])).out)[realm];

describe('a file is what it seems, or it is refused by line', () => {
  test('Latin-1 is refused before anything is read from it', async () => {
    const file = fileOf('latin1.csv', '');
    writeFileSync(file, Buffer.from('realm,username,password\nl.example,al,grün', 'latin1'));
    expect(await run(['customers', 'import', file])).toEqual({
      code: 1,
      out: '',
      err: `edge-registrar: ${file}, line 2 is not UTF-8 (it looks like WINDOWS-1252): save it as UTF-8, in Excel as "CSV UTF-8", or convert it with: iconv -f WINDOWS-1252 -t UTF-8 ${file}\n`,
    });
  });

  test('problems are grouped by kind, at most 20 of a kind unless --all, with their count at the end', async () => {
    const rows = Array.from({ length: 25 }, (_, at) => `l.example,user${at},TRUE,1`);
    const text = `realm,username,enabled,calerId\n${rows.join('\n')}\nl.example,eve,maybe,1`;
    const { code, out } = await importText(text);
    expect(code).toBe(1);
    const lines = out.trimEnd().split('\n');
    expect(lines).toHaveLength(1 + 20 + 1 + 1 + 1);
    expect(lines[1]).toBe(
      '  line 2: l.example / user0: calerId is not a field of a customer record: did you mean callerId?',
    );
    expect(lines.slice(-3)).toEqual([
      '  … and 6 more like this (--all)',
      expect.stringMatching(/^ {2}line 27: l.example \/ eve: enabled write true or false$/),
      '27 problems of 2 kinds; nothing was written.',
    ]);
    expect((await importText(text, '--all')).out.trimEnd().split('\n')).toHaveLength(1 + 27 + 1);
  });
});

describe('files that people have', () => {
  test('a FreePBX export of extensions', async () => {
    const csv = [
      'extension,password,name,voicemail,ringtimer,noanswer,recording,outboundcid,sipname,id,tech,dial,devicetype,user,description,emergency_cid,secret',
      '100,,Ann Lee,novm,0,,,"""Acme, Ltd"" <+18005550100>",,100,pjsip,PJSIP/100,fixed,100,Ann Lee,,s3cret-of-ann',
      '101,,Bob,default,0,,,8005550101,,101,pjsip,PJSIP/101,fixed,101,Bob,,s3cret-of-bob',
      '102,,Lobby,novm,0,,,,,102,virtual,,fixed,102,Lobby,,',
    ].join('\n');
    const { code, out } = await importText(
      csv,
      '--map',
      'freepbx',
      '--realm',
      'PBX.example',
      '--keep-passwords',
    );
    expect(code).toBe(0);
    expect(out).toContain(
      'columns that the map does not use: password, voicemail, ringtimer, noanswer, recording, sipname, id, tech, dial, devicetype, user, description, emergency_cid\n',
    );
    expect(out).toContain('1 account without a credential, which no phone can use: 102@pbx.example\n');
    expect(await recordsOf('pbx.example')).toEqual({
      '100': {
        password: 's3cret-of-ann',
        description: 'Ann Lee',
        callerId: { default: '+18005550100', name: 'Acme, Ltd' },
      },
      '101': { password: 's3cret-of-bob', description: 'Bob', callerId: { default: '8005550101' } },
      '102': { description: 'Lobby' },
    });
  });

  test('a FusionPBX export of extensions', async () => {
    const csv = [
      'extension,number_alias,password,outbound_caller_id_name,outbound_caller_id_number,limit_max,user_context,enabled,description',
      '1001,,p4ss,Acme,+12125550100,5,fusion.example,true,Reception',
      '1002,,p4ss2,,,,fusion.example,false,',
    ].join('\n');
    expect((await importText(csv, '--map', 'fusionpbx', '--keep-passwords')).code).toBe(0);
    expect(await recordsOf('fusion.example')).toEqual({
      '1001': {
        password: 'p4ss',
        description: 'Reception',
        enabled: true,
        callerId: { default: '+12125550100', name: 'Acme' },
        limits: { maxConcurrentCalls: 5 },
      },
      '1002': { password: 'p4ss2', enabled: false },
    });
  });

  test("Kamailio's table subscriber, as mysql --batch and psql --csv write it", async () => {
    // printf 'alice:kam.example:s3cret' | md5sum
    const ha1 = '915441a97cbc47ccf879297062cf155b';
    const tsv = `id\tusername\tdomain\tpassword\tha1\tha1b\n1\talice\tkam.example\t\t${ha1}\t00000000000000000000000000000000\n2\tbob\tKam.example\tplain\tNULL\tNULL\n`;
    expect((await importText(tsv, '--map', 'kamailio', '--keep-passwords')).code).toBe(0);
    expect(await recordsOf('kam.example')).toEqual({ alice: { ha1 }, bob: { password: 'plain' } });
  });

  test('a file of another program, with its own column map', async () => {
    const map = fileOf(
      'map.json',
      '{ "realm": { "value": "own.example" }, "username": "Login", "password": "SIP Secret", "destinations.deny": { "value": ["900"] } }',
    );
    const csv = 'Login;SIP Secret;Room\nann;s3cret;12\n';
    expect((await importText(csv, '--map', map, '--keep-passwords')).code).toBe(0);
    expect(await recordsOf('own.example')).toEqual({
      ann: { password: 's3cret', destinations: { deny: ['900'] } },
    });
    expect(await importText('Login;Room\nann;12\n', '--map', map)).toMatchObject({
      code: 1,
      out: expect.stringContaining(
        `line 1: has no column SIP Secret, which the map ${map} reads; it has Login, Room\n`,
      ),
    });
  });
});

describe('a map that cannot be read is refused', () => {
  test.each([
    [
      '{ "username": "Login", "pasword": "Pw" }',
      'pasword is not a field of a customer record: did you mean password?',
    ],
    [
      '{ "username": "Login",\n "username": "Pw" }',
      'line 2: "username" is used twice in the same object; keep one',
    ],
    ['{ "username": 5 }', 'username: write the name of a column, or { "value": … }'],
  ])('%s', async (text, message) => {
    const map = fileOf('wrong-map.json', text);
    expect(await importText('Login,Pw\nann,s3cret\n', '--map', map)).toEqual({
      code: 2,
      out: '',
      err: `edge-registrar: ${map}: ${message}\n`,
    });
  });

  test.each(['freepxb', 'constructor'])(
    'with the names of the maps there are, when it is none of them: %s',
    async (map) => {
      expect((await importText('x', '--map', map)).err).toBe(
        `edge-registrar: --map ${map}: there is no such file, and no such map; maps that come with the tool: freepbx, fusionpbx, kamailio\n`,
      );
    },
  );
});

test('booleans of PostgreSQL and PHP are read by a map', async () => {
  const csv =
    'extension,user_context,enabled\n1,bool.example,t\n2,bool.example,f\n3,bool.example,0\n4,bool.example,\n';
  expect((await importText(csv, '--map', 'fusionpbx')).code).toBe(0);
  expect(await recordsOf('bool.example')).toEqual({
    '1': { enabled: true },
    '2': { enabled: false },
    '3': { enabled: false },
    '4': { enabled: false },
  });
});

describe('an import that can be trusted', () => {
  const FILE = JSON.stringify({
    't.example': { al: { techPrefix: '1#', callerId: '+18005550100', ha1: 'a'.repeat(32) } },
  });

  test('says when calls will use it', async () => {
    expect((await importText(FILE)).out).toMatch(/\nWritten\. Calls use it within 60 s\.\n$/);
  });

  test('--check writes nothing when a call would come out otherwise, and says how', async () => {
    const calls = fileOf(
      'calls.csv',
      'aor;dialled;trunk;callerId;refusal\nal@t.example;0012125550100;default;+18005550100;\n',
    );
    const changed = FILE.replace('"techPrefix"', '"destinations":{"deny":["1"]},"techPrefix"');
    const { code, out } = await importText(changed, '--check', calls);
    expect(code).toBe(1);
    expect(out.split('\n').slice(-7)).toEqual([
      `${calls}: 1 call, 1 not as expected`,
      '  line 2: al@t.example dials 0012125550100',
      '    trunk: expected default, is -',
      '    callerId: expected +18005550100, is -',
      '    refused: destination-denied',
      'Nothing was written.',
      '',
    ]);
    expect((await recordsOf('t.example')).al).not.toHaveProperty('destinations');
    expect(await importText(FILE, '--check', calls)).toMatchObject({
      code: 0,
      out: expect.stringContaining(`${calls}: 1 call, 0 not as expected`),
    });
  });

  test('--prune removes what the file lacks, in its realms only, after saying so', async () => {
    const two = '{"p.example":{"al":{"techPrefix":"1#"},"bob":{"techPrefix":"2#"}}}';
    await importText(two);
    const { out } = await importText('{"p.example":{"al":{"techPrefix":"1#"}}}', '--prune');
    expect(out).toMatch(/: 0 to add, 0 to change, 1 to remove, 1 unchanged\n {2}- bob@p\.example\nWritten\./);
    expect(Object.keys(await recordsOf('p.example'))).toEqual(['al']);
    expect(Object.keys(await recordsOf('t.example'))).toEqual(['al']);
  });

  test('a password that goes back to an older one is refused, by name, unless it is forced', async () => {
    const file = (ha1: string) =>
      JSON.stringify({ 'o.example': { al: { ha1 }, bob: { ha1: 'b'.repeat(32) } } });
    await importText(file('1'.repeat(32)));
    await run(['password', 'rotate', 'al@o.example', '--overlap', '1d']);
    expect(await importText(file('1'.repeat(32)))).toMatchObject({
      code: 1,
      err: 'edge-registrar: the file has an older password than the table for al@o.example: the password was changed since; nothing was written. Put the credentials that "customers export" shows into the file, or pass --force to go back\n',
    });
    expect((await importText(file('1'.repeat(32)), '--force')).code).toBe(0);
    // Where nothing in the record itself says so, its history does.
    await importText(file('2'.repeat(32)));
    expect((await importText(file('1'.repeat(32)))).code).toBe(1);
    expect((await importText(file('3'.repeat(32)))).code).toBe(0);
  });

  test('a file without credentials says whose it takes away', async () => {
    await importText(`{"lose.example":{"al":{"ha1":"${'a'.repeat(32)}"},"bob":{"techPrefix":"1#"}}}`);
    const { out } = await importText('{"lose.example":{"al":{},"bob":{}}}', '--dry-run');
    expect(out).toContain(
      '\n1 account that the file gives no credential; no phone could log in any more: al@lose.example\n',
    );
  });

  test('a file that enables a disabled account says so', async () => {
    const text = '{"off.example":{"al":{"techPrefix":"1#"},"bob":{"techPrefix":"1#"}}}';
    await importText(text);
    await run(['customers', 'disable', 'al@off.example']);
    expect((await importText(text)).out).toContain(
      '\n1 account that the table has as disabled, and the file enables: al@off.example\n',
    );
  });

  test('Ctrl-C ends it with 130 and says how far it came; run again, it does the rest', async () => {
    const accounts = Array.from({ length: 400 }, (_, at) => `c.example,user${at},${at}#`);
    const input = `realm,username,techPrefix\n${accounts.join('\n')}`;
    const importing = startTool(['customers', 'import', '-'], { input, env });
    await importing.printed(/writing records: \d+ of 400/);
    importing.child.kill('SIGINT');
    const { code, err } = await importing.ended;
    expect(code).toBe(130);
    const [, written = ''] = /interrupted: (\d+) of 400 written; run it again\n$/.exec(err) ?? [];
    const again = await importText(input, '--json');
    expect(JSON.parse(again.out)).toMatchObject({
      unchanged: Number(written),
      added: { length: 400 - Number(written) },
    });
  });
});

describe('to a deployment', () => {
  let aws: AwsStandIn;
  beforeAll(async () => {
    aws = await startAws();
    aws.outputs = { CustomersTable: 'Customers' };
  });
  afterAll(() => aws.stop());
  const importMany = (count: number, ...args: string[]) => {
    const rows = Array.from({ length: count }, (_, at) => `d.example,user${at}`);
    return runTool(['customers', 'import', '-', '--stack', 'edge', ...args], {
      input: `realm,username\n${rows.join('\n')}`,
      env: { ...aws.env, AWS_ENDPOINT_URL_DYNAMODB: stack.dynamodbEndpoint },
    });
  };

  test('more than 100 changes are confirmed', async () => {
    expect(await importMany(101)).toMatchObject({
      code: 2,
      err: 'edge-registrar: not a terminal; pass --yes to confirm\n',
    });
    expect((await importMany(101, '--dry-run')).code).toBe(0);
    expect((await importMany(100)).code).toBe(0);
    expect((await importMany(201, '--yes')).code).toBe(0);
  });

  test('and so are removals', async () => {
    expect((await importMany(200, '--prune')).code).toBe(2);
    expect((await importMany(200, '--prune', '--yes')).code).toBe(0);
  });
});

describe('export is a backup', () => {
  test.each(['json', 'csv'])(
    'import of an export changes nothing, password fields included: %s',
    async (format) => {
      await importText(
        '{"e.example":{"al":{"password":"s3cret","description":"NULL"},"bob":{"credentials":[{"label":"a","password":"x1"}],"techPrefix":"1E+5"}}}',
        '--keep-passwords',
      );
      const file = join(folder, `backup.${format}`);
      expect((await run(['customers', 'export', file, '--realm', 'e.example'])).code).toBe(0);
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect((await run(['customers', 'import', file])).out).toMatch(
        /: 0 to add, 0 to change, 2 unchanged\n$/,
      );
    },
  );

  test('never replaces a file without --force, and keeps it private', async () => {
    const file = fileOf('precious.json', 'mine');
    chmodSync(file, 0o644);
    expect(await run(['customers', 'export', file])).toEqual({
      code: 1,
      out: '',
      err: `edge-registrar: ${file} exists: pass --force to replace it\n`,
    });
    expect(readFileSync(file, 'utf8')).toBe('mine');
    expect((await run(['customers', 'export', file, '--force'])).code).toBe(0);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('of a realm without accounts is refused', async () => {
    expect(await run(['customers', 'export', '--realm', 'e.exmple'])).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/ has no record of realm e\.exmple; its realms are .*\be\.example\b/),
    });
  });
});
