import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serveParent } from './parent';

// The floor: node:http that reads each body and says ok.

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    Buffer.concat(chunks);
    response.setHeader('content-type', 'application/json');
    response.end('{"status":"ok","expires":3600}');
  });
});
server.listen(0, '127.0.0.1', () => serveParent((server.address() as AddressInfo).port));
