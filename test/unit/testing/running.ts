import { onTestFinished } from 'vitest';
import { type FaultServer, type Script, startFaultServer } from '../../../src/testing/index.js';

/** A fault server that is closed when the test is over. */
export async function running(script: Script): Promise<FaultServer> {
  const server = await startFaultServer(script);
  // What close() rejects with is for the test that expects it.
  onTestFinished(() => server.close().catch(() => undefined));
  return server;
}

/** The code of what a connection failed with, wherever `fetch` keeps it. */
export function codeOf(error: unknown): unknown {
  if (!(error instanceof Error)) return undefined;
  return 'code' in error ? error.code : codeOf(error.cause);
}

/** Gives the loop a turn, for what comes in by sockets. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Resolves as soon as something holds. A test that waits in vain runs into its time limit. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await turn();
}
