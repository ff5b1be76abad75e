import { Agent as PlainAgent } from 'node:http';
import { Agent } from 'node:https';
import type { Duplex } from 'node:stream';

/** Longer than the pauses within a request, and shorter than any server keeps an idle connection. */
const TRUSTED_IDLE_MS = 4000;

/** Keep-alive connections of one process. */
export interface ConnectionPool {
  /** The agent for a request that is sent now: connections that have been idle for too long are gone from it. */
  agentFor(endpoint: URL): PlainAgent;
  /** Closes every idle connection there: one of them turned out to be dead. */
  dropIdle(endpoint: URL): void;
}

/**
 * Lambda freezes a process between two requests. Meanwhile AWS closes idle connections, or a firewall forgets them,
 * and the process hears of it when it is too late, or never. So a connection is not trusted once it has been idle for
 * some seconds of the wall clock, which goes on while the process is frozen.
 * @param now unix ms
 */
export function connectionPool(now: () => number = Date.now): ConnectionPool {
  const idleSince = new WeakMap<Duplex, number>();
  const agents = { https: new Agent({ keepAlive: true }), http: new PlainAgent({ keepAlive: true }) };
  for (const agent of Object.values(agents)) noteIdle(agent, (socket) => idleSince.set(socket, now()));
  const agentOf = ({ protocol }: URL) => (protocol === 'https:' ? agents.https : agents.http);
  return {
    agentFor: (endpoint) => {
      const agent = agentOf(endpoint);
      // The agent skips destroyed connections at the front of its list only. There they are: the longest idle come first.
      for (const socket of idleIn(agent))
        if (now() - (idleSince.get(socket) ?? 0) > TRUSTED_IDLE_MS) socket.destroy();
      return agent;
    },
    dropIdle: (endpoint) => {
      for (const socket of idleIn(agentOf(endpoint))) socket.destroy();
    },
  };
}

/** `keepSocketAlive` is what node:http calls when a connection becomes idle. */
function noteIdle(agent: PlainAgent, onIdle: (socket: Duplex) => void): void {
  const keep = agent.keepSocketAlive.bind(agent);
  agent.keepSocketAlive = (socket) => {
    onIdle(socket);
    return keep(socket);
  };
}

function idleIn({ freeSockets }: PlainAgent): readonly Duplex[] {
  return Object.values(freeSockets).flatMap((sockets) => sockets ?? []);
}
