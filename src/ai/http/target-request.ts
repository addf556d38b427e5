import type { CallTarget } from '../../pipeline/index.js';
import { hasFields } from '../../streams/index.js';
import type { ChangedRequest, OutgoingRequest } from './outgoing-request.js';

/** Where Google, Azure and Bedrock name the model in the path. */
const MODEL_IN_PATH = /(\/models\/|\/deployments\/|\/model\/)([^/:?]+)/;

/**
 * Changes a request for a target: by its `prepare`, or else by its name as the model.
 *
 * @returns `undefined` without a target: the request is sent as it is.
 */
export async function prepareFor(
  target: CallTarget | undefined,
  request: OutgoingRequest,
): Promise<ChangedRequest | undefined> {
  if (target === undefined) return undefined;
  const { json } = request;
  if (target.prepare !== undefined) return { json: await target.prepare(hasFields(json) ? { ...json } : {}, target) };
  const model = target.name;
  const url = request.url.replace(MODEL_IN_PATH, (_, before: string) => `${before}${encodeURIComponent(model)}`);
  return { url, json: hasFields(json) && 'model' in json ? { ...json, model } : undefined };
}
