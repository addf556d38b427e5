import { failuresAt, numberAt, type SettingsByPath } from './effective.js';

const MANY_ATTEMPTS = 7;
const FEW_FAILURES = 3;

/** What is risky about settings, whoever chose them. */
export function risksOf(settings: SettingsByPath, strategy: string | undefined): string[] {
  const attempts = numberAt(settings, 'retry.maxAttempts');
  const failures = failuresAt(settings);
  const risks: string[] = [];
  if (attempts !== undefined && attempts > MANY_ATTEMPTS) {
    risks.push(`${attempts} attempts are many: callers wait long, and a callee in trouble gets more calls.`);
  }
  if (failures !== undefined && failures < FEW_FAILURES) {
    risks.push(`The breaker opens after ${failures} in a row: a chance failure is enough.`);
  }
  if (attempts !== undefined && failures !== undefined && attempts > failures) {
    risks.push(`The attempts of a single call (${attempts}) are enough to open the breaker (${failures}).`);
  }
  if (strategy === 'aggressive') risks.push('Strategy aggressive gives up soon: take care with it in production.');
  return risks;
}
