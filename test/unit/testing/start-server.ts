import { onTestFinished } from 'vitest';
import { type FaultServer, type Script, startFaultServer } from '../../../src/testing/index.js';

/** Starts a fault server that is closed at the end of the test. */
export async function startServer(script: Script): Promise<FaultServer> {
  const server = await startFaultServer(script);
  // A test that expects close() to reject calls it itself.
  onTestFinished(() => server.close().catch(() => undefined));
  return server;
}

/** The code of a connection error, however deep `fetch` wraps it. */
export function codeOf(error: unknown): unknown {
  if (!(error instanceof Error)) return undefined;
  return 'code' in error ? error.code : codeOf(error.cause);
}

/** Lets the event loop read from sockets. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Resolves as soon as a condition holds; if it never does, the test times out. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await turn();
}
