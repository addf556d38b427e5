import { detectEnvironment, type EnvironmentRule } from 'holdfast/config';

const rules: EnvironmentRule[] = [
  { variable: 'STAGE' },
  { variable: 'TIER', pattern: /^(?:blue|green)$/, environment: 'production' },
  { variable: 'ON_LAPTOP', environment: 'development' },
  { hostname: '^ip-10-7-', environment: 'staging', confidence: 0.7 },
  { file: 'k8s.dev.yaml', environment: 'development' },
];

const detected = detectEnvironment({ env: { TIER: 'blue' }, hostname: 'ip-10-7-0-12', rules });
console.log(detected.environment, detected.confidence);
console.log(detected.reasoning);
