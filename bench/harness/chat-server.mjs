// @ts-check
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const child = fileURLToPath(new URL('./chat-server-child.mjs', import.meta.url));

/**
 * Starts a provider of chat completions on loopback, in a process of its own: its work is not that of the clients. The model
 * that a request names says what it does: see `chat-server-child.mjs`.
 */
export async function startChatServer() {
  const running = fork(child);
  const [message] = await once(running, 'message');
  const baseURL = `http://127.0.0.1:${Number(message)}/v1`;
  return {
    baseURL,
    /** Lets the streams of the model `held` go on. */
    release: async () => {
      await (await fetch(`${baseURL}/release`)).text();
    },
    close: () => running.kill(),
  };
}
