/** What a process of the bench tells when it is asked. */
export interface Usage {
  /** Microseconds of CPU since it started. */
  readonly cpu: number;
  /** Bytes. */
  readonly rss: number;
}

/**
 * Tells the parent where we listen, and answers each time it asks; ends with the parent.
 * @param answer what is told: our usage at that moment
 */
export function serveParent(port: number, answer: () => Promise<Usage> = async () => usage()): void {
  process.on('message', async () => process.send?.(await answer()));
  process.on('disconnect', () => process.exit(0));
  process.send?.({ port });
}

export function usage(): Usage {
  const { user, system } = process.cpuUsage();
  return { cpu: user + system, rss: process.memoryUsage.rss() };
}
