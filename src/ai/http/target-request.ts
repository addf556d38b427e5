import { isName } from '../../input/index.js';
import type { CallTarget } from '../../pipeline/index.js';
import { hasFields } from '../../streams/index.js';
import type { ChangedRequest, OutgoingRequest } from './outgoing-request.js';

/** Where Google, Azure and Bedrock name the model in the path. */
const MODEL_IN_PATH = /(\/models\/|\/deployments\/|\/model\/)([^/:?]+)/;

/** The model that a request names, in its body or its path; `undefined` if it names none. */
export function findModel({ json, url }: OutgoingRequest): string | undefined {
  const named = hasFields(json) && 'model' in json ? json.model : decode(MODEL_IN_PATH.exec(url)?.[2]);
  return isName(named) ? named : undefined;
}

function decode(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

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
