// @ts-check

/** What the demo says of itself: a sentence, and an assertion that throws when the sentence is not true. @typedef {[sentence: string, assertion: () => void]} Claim */

/**
 * Puts every claim to the test.
 * @param {readonly Claim[]} claims
 * @returns {string[]} those that do not hold, with the reason
 */
export function brokenOnes(claims) {
  return claims.flatMap(([sentence, assertion]) => {
    try {
      assertion();
      return [];
    } catch (error) {
      return [`${sentence}: ${error instanceof Error ? error.message : String(error)}`];
    }
  });
}
