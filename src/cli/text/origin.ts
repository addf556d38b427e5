import type { Origin } from '../../config/layers.js';
import { escapeControlCharacters } from './printable.js';

/** Where a setting comes from: its layer, and the preset or strategy in it. */
export function originText({ layer, name }: Origin): string {
  return name === undefined ? layer : `${layer} ${escapeControlCharacters(name)}`;
}
