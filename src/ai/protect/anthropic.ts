import { ReplayableRequest } from '../http/index.js';
import { type Adapter, readField } from './adapter.js';
import { SentErrors } from './sent-errors.js';
import { copyStainless } from './stainless.js';

/** A request as middleware of the SDK sees it. */
type MiddlewareRequest = RequestInit & { readonly url: string };
type Next = (request: MiddlewareRequest) => Promise<Response>;

/**
 * Anthropic's SDK, and its clients for Bedrock and Vertex: by middleware, which sees one shape of requests and streams on every
 * cloud, and runs before a request is signed, so that each attempt is signed anew.
 */
export const anthropic: Adapter = {
  sdk: '@anthropic-ai/sdk',
  recognises: (client) => Array.isArray(readField(client, 'middleware')) && 'messages' in client,
  protect: (client, { send }) => {
    const protectRequest = async (request: MiddlewareRequest, next: Next): Promise<Response> => {
      try {
        const { url, ...init } = request;
        return await send(new ReplayableRequest(url, init), (input, changed) =>
          next(toRequest(request, input, changed)),
        );
      } catch (error) {
        SentErrors.note(request, error);
        throw error;
      }
    };
    const own: unknown = readField(client, 'middleware');
    // The outermost one: what others do is done for each attempt.
    return copyStainless(client, { middleware: [protectRequest, ...(Array.isArray(own) ? own : [])] });
  },
};

/** The headers are always an object of their own, since the SDK changes them in place. */
function toRequest(request: MiddlewareRequest, input: unknown, init: RequestInit | undefined): MiddlewareRequest {
  return { ...request, ...init, url: String(input), headers: new Headers(init?.headers ?? request.headers) };
}
