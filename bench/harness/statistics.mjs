// @ts-check

/**
 * The middle of the values; the mean of the two middle ones when their number is even.
 * @param {readonly number[]} values
 * @returns {number}
 */
export function median(values) {
  if (values.length === 0) throw new RangeError('The median of nothing is not a number.');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

/**
 * How far the values stray from their median: the median absolute deviation in percent of the median.
 * @param {readonly number[]} values
 * @returns {number}
 */
export function spreadPercent(values) {
  const middle = median(values);
  if (middle === 0) return 0;
  return (median(values.map((value) => Math.abs(value - middle))) / Math.abs(middle)) * 100;
}

/**
 * The slope of the straight line that fits the points best (least squares).
 * @param {readonly { x: number, y: number }[]} points
 * @returns {number}
 */
export function slope(points) {
  const meanX = points.reduce((sum, { x }) => sum + x, 0) / points.length;
  const meanY = points.reduce((sum, { y }) => sum + y, 0) / points.length;
  const above = points.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0);
  const below = points.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
  return above / below;
}
