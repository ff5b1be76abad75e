import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { serveParent } from './parent';

// What one writes in an afternoon: customers from a JSON file in memory, three MD5, yes or no. No signature, no
// replay check, no log.

const customers = JSON.parse(readFileSync(process.env.CUSTOMERS_FILE ?? '', 'utf8'));
const md5 = (text: string) => createHash('md5').update(text).digest('hex');

const app = express();
app.use(express.json());
app.post('/register-auth', (request, response) => {
  const { username, realm, method, nonce, uri, nc, cnonce, qop, response: given, expires } = request.body;
  const customer = customers[realm]?.[username];
  if (!customer) return response.json({ status: 'fail' });
  const ha1 = md5(`${username}:${realm}:${customer.password}`);
  const ha2 = md5(`${method}:${uri}`);
  const expected = md5([ha1, nonce, nc, cnonce, qop, ha2].join(':'));
  return response.json(expected === given ? { status: 'ok', expires } : { status: 'fail' });
});
const server = app.listen(0, '127.0.0.1', () => serveParent((server.address() as AddressInfo).port));
