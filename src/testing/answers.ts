import type { Answer, AnswerHeaders } from './reaction.js';

/** An answer in JSON. */
export function json(status: number, body: unknown, headers: AnswerHeaders = {}): Answer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

/** A page for people, as proxies and load balancers send it. */
export function html(status: number, title: string, headers: AnswerHeaders = {}): Answer {
  const body = `<!doctype html><html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`;
  return { status, headers: { 'content-type': 'text/html', ...headers }, body };
}

/** The first half of an answer; what follows is up to `ending`. */
export function half(answer: Answer, ending: 'cut' | 'stall'): Answer {
  const { body = '' } = answer;
  return { ...answer, body: body.slice(0, Math.ceil(body.length / 2)), ending };
}
