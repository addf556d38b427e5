export { findUsage } from './answer-body.js';
export { type OutgoingRequest, ReplayableRequest } from './outgoing-request.js';
export {
  type Fetch,
  type RequestCalls,
  type RequestOptions,
  type RequestToCall,
  type ResilientFetchOptions,
  requestCalls,
  requestSender,
  resilientFetch,
  type SendRequest,
} from './resilient-fetch.js';
export { withCallOptions } from './with-call-options.js';
