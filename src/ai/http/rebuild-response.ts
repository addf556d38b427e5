/** Creates a response like another one with a body of its own. */
export function rebuildResponse(original: Response, body: ConstructorParameters<typeof Response>[0]): Response {
  const { status, statusText, headers, url, redirected } = original;
  const response = new Response(hasNoBody(status) ? null : body, { status, statusText, headers });
  // The constructor cannot set them, and SDKs log them.
  return Object.defineProperties(response, { url: { value: url }, redirected: { value: redirected } });
}

/** The statuses that the constructor refuses with a body. */
function hasNoBody(status: number): boolean {
  return status === 204 || status === 205 || status === 304;
}
