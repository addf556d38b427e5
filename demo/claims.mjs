// @ts-check

/** A statement of the demo: a sentence, and an assertion that throws if the sentence is not true. @typedef {[sentence: string, assertion: () => void]} Claim */

/**
 * Checks every claim.
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
