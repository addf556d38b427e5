import { describe, type NumberRule } from '../input/index.js';
import type { MigrationNote } from './result.js';

/** A number as it was, and as it is where a setting allows less. */
export interface Fitted {
  readonly wanted: number;
  readonly value: number;
}

/** Nothing that people write is smaller, where a setting must be above 0 and has no least number. */
const LEAST = 1e-6;

/** The nearest to a number that a setting may be. */
export function fitted(wanted: number, { min = LEAST, max }: NumberRule): Fitted {
  return { wanted, value: Math.min(Math.max(wanted, min), max) };
}

/** Collects what became of each option. */
export class Notes {
  readonly all: MigrationNote[] = [];

  /** It means what it meant. */
  mapped(option: string, received: string, to: string, why: string): void {
    this.all.push({ option, received, outcome: 'mapped', to, why });
  }

  /** It means something else now. */
  changed(option: string, received: string, to: string, why: string): void {
    this.all.push({ option, received, outcome: 'changed', to, why });
  }

  /** It means what it meant, unless the number had to be changed to be allowed. */
  number(option: string, received: string, to: string, { wanted, value }: Fitted, why: string): void {
    if (wanted === value) this.mapped(option, received, to, why);
    else this.changed(option, received, to, `${why}; held to ${value}, since ${wanted} is not allowed there`);
  }

  /** It stands nowhere in the config. */
  lost(option: string, received: string, why: string): void {
    this.all.push({ option, received, outcome: 'lost', why });
  }
}

/** What was given, in words; for nothing, what that means. */
export function received(value: unknown, otherwise: unknown): string {
  return value === undefined ? `nothing, which means ${describe(otherwise)}` : describe(value);
}
