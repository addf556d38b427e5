import { detectEnvironment, recommendPreset } from 'holdfast/config';

const detected = detectEnvironment({ env: { NODE_ENV: 'production' }, files: ['.env'], hostname: 'web-1' });
console.log(detected.environment, detected.confidence, detected.detectedBy);
console.log(detected.reasoning);

// For a name, as people write it. Without an argument: for the running process.
console.log(recommendPreset('pre-prod'));
