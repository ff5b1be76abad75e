import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import config from '../cdk.json';
import { edgeRegistrarApp } from '../lib/stack/app';
import { architecture, dashboard } from '../lib/stack/pictures';

// The stack as a fresh clone has it.
const outdir = mkdtempSync(join(tmpdir(), 'edge-registrar-'));
const context = { ...config.context };
const { template } = edgeRegistrarApp({ outdir, context }).synth().getStackByName('edge-registrar');
writeFileSync('docs/architecture.svg', architecture(template));
writeFileSync('docs/dashboard.svg', dashboard(template));
rmSync(outdir, { recursive: true });
