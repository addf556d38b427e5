export { type OutgoingRequest, ReplayableRequest } from './outgoing-request.js';
export {
  type Fetch,
  type RequestOptions,
  type ResilientFetchOptions,
  requestSender,
  resilientFetch,
  type SendRequest,
} from './resilient-fetch.js';
export { withCallOptions } from './with-call-options.js';
