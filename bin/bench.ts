import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureAdminTool } from '../lib/bench/admin-tool';
import { measureAuthTime } from '../lib/bench/auth-time';
import { chartsOf, svgOf } from '../lib/bench/charts';
import { measureColdStarts } from '../lib/bench/cold-start';
import { costsOf } from '../lib/bench/cost';
import { type FixedCost, fixedCostOf } from '../lib/bench/fixed-cost';
import { type Gate, verdictOf } from '../lib/bench/gate';
import { type Instructions, measureInstructions } from '../lib/bench/instructions';
import { type LambdaNode, lambdaNode } from '../lib/bench/lambda-node';
import { sectionsOf, tableOf, withSections } from '../lib/bench/report';
import { measureRequests } from '../lib/bench/requests';
import { gatesOf, type Machine, type Results } from '../lib/bench/results';
import { measureSizes } from '../lib/bench/sizes';

// Measures what is promised about speed, size and cost, writes docs/performance.*, and exits 1 when a promise is
// broken by more than its noise. `npm run bench -- --redraw` writes the tables and charts again from the JSON, and
// `-- --instructions` only counts instructions, compares them with the JSON's and writes nothing.

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const DOCS = join(__dirname, '..', 'docs');
const JSON_FILE = join(DOCS, 'performance.json');

function machineWith({ version }: LambdaNode): Machine {
  return {
    node: process.versions.node,
    lambdaNode: version,
    cores: cpus().length,
    cpu: cpus()[0]?.model ?? 'unknown',
  };
}

/** What is measured on another Node than the Lambdas' says so. */
function findLambdaNode(): LambdaNode {
  const node = lambdaNode();
  if (!node.isLambdas)
    console.error(
      `NOT ON THE NODE OF THE LAMBDAS: no "npx --package=node@24" here; Node ${node.version} is measured in its place`,
    );
  return node;
}

async function measure(last: Results): Promise<Results> {
  const node = findLambdaNode();
  const requests = await timed('requests of each hook', measureRequests());
  const instructions = await countInstructions(node, last);
  return {
    machine: machineWith(node),
    sizes: measureSizes(),
    requests,
    costs: costsOf(requests.hooks, await fixedCost()),
    ...(instructions && { instructions }),
    coldStarts: await timed('cold starts', measureColdStarts(node, 9)),
    authTime: await timed('CPU of an auth', measureAuthTime(node)),
    adminTool: await timed('the command line', measureAdminTool(9)),
  };
}

/** Of the stack as cdk.json describes it; the Lambdas' bundles cost nothing while they lie there. */
async function fixedCost(): Promise<FixedCost> {
  const { edgeRegistrarApp } = await import('../lib/stack/app');
  const { context } = JSON.parse(readFileSync(join(DOCS, '..', 'cdk.json'), 'utf8'));
  const outdir = mkdtempSync(join(tmpdir(), 'edge-registrar-bench-'));
  try {
    const app = edgeRegistrarApp({ outdir, context: { ...context, 'aws:cdk:bundling-stacks': [] } });
    return fixedCostOf(app.synth().getStackByName(context.name).template);
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

async function countInstructions(
  node: LambdaNode,
  { machine, instructions }: Results,
): Promise<Instructions | undefined> {
  const { lambdaNode, cpu } = machineWith(node);
  const isSame = machine.lambdaNode === lambdaNode && machine.cpu === cpu;
  if (!isSame) console.error('NOT COMPARED: the last count of instructions is of another Node or CPU');
  const last = isSame ? instructions?.perAuth : undefined;
  const counted = await timed('instructions (valgrind)', measureInstructions(node, last));
  if (!counted)
    console.error(
      'NOT MEASURED: the instructions of a cached auth, because no valgrind here can run this Node',
    );
  return counted;
}

async function timed<T>(what: string, work: Promise<T>): Promise<T> {
  const started = performance.now();
  const result = await work;
  console.error(`${what}: ${((performance.now() - started) / 1000).toFixed(0)} s`);
  return result;
}

async function write(results: Results): Promise<void> {
  for (const [name, chart] of Object.entries(chartsOf(results)))
    writeFileSync(join(DOCS, `${name}.svg`), await svgOf(chart));
  const page = join(DOCS, 'performance.md');
  writeFileSync(page, withSections(readFileSync(page, 'utf8'), sectionsOf(results)));
}

async function main(): Promise<void> {
  const last: Results = JSON.parse(readFileSync(JSON_FILE, 'utf8'));
  if (process.argv.includes('--instructions')) {
    const [, againstLast] = (await countInstructions(findLambdaNode(), last))?.gates ?? [];
    if (!againstLast) return;
    judge([againstLast]);
    if (process.exitCode === 1)
      console.error(
        'If that is what the change is worth, run "npm run bench" and commit what it writes into docs.',
      );
    return;
  }
  const isRedraw = process.argv.includes('--redraw');
  const results = isRedraw ? last : await measure(last);
  if (!isRedraw) writeFileSync(JSON_FILE, `${JSON.stringify(results, null, 2)}\n`);
  await write(results);
  judge(gatesOf(results));
}

function judge(gates: readonly Gate[]): void {
  console.log(tableOf(gates));
  if (gates.some((gate) => verdictOf(gate) === 'MISSED')) process.exitCode = 1;
}

main();
