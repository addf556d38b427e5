import { type PresetRecommendation, recommendPreset } from '../../config/recommendation.js';
import { type DetectedEnvironment, detectEnvironment } from '../../environment/index.js';
import type { Command } from '../command.js';
import type { Paint } from '../text/paint.js';
import { escapeControlCharacters } from '../text/printable.js';
import { table } from '../text/table.js';

/** `holdfast detect` */
export const detect: Command = {
  name: 'detect',
  summary: 'Say what environment this is, and which preset goes with it.',
  arguments: [
    { name: 'name', summary: 'The name of an environment, to judge by it alone: prod, pre-prod-eu.', optional: true },
  ],
  options: {},
  details: ['Without a name it goes by the variables, the files and the host that a service started here would see.'],
  examples: ['holdfast detect', 'holdfast detect pre-prod-eu'],
  run: (given, { environment }) => {
    const name = given.argument('name');
    if (name !== undefined) {
      const recommendation = recommendPreset(name);
      return { json: { recommendation }, text: (paint) => verdict(recommendation, paint) };
    }
    const detected = detectEnvironment(environment());
    const recommendation = recommendPreset(detected);
    return {
      json: { ...detected, recommendation },
      text: (paint) => `${verdict(recommendation, paint)}\n\n${evidence(detected, paint)}`,
      notes: detected.metadata.unrecognised.map((variable) => `${variable} names no environment that is known.`),
    };
  },
};

function verdict({ environment, confidence, preset, reasoning }: PresetRecommendation, paint: Paint): string {
  const rows = [
    ['environment', environment],
    ['preset', preset],
    ['confidence', String(confidence)],
    ['reason', escapeControlCharacters(reasoning)],
  ];
  return table([{ paint: paint.faint }, { paint: paint.strong }], rows);
}

function evidence({ signals, metadata: { platform } }: DetectedEnvironment, paint: Paint): string {
  if (signals.length === 0) return 'Nothing here speaks for any environment.';
  const rows = signals.map(({ source, environment, confidence, reasoning }) => [
    escapeControlCharacters(source),
    environment,
    confidence.toFixed(2),
    escapeControlCharacters(reasoning),
  ]);
  const columns = [{ title: 'evidence' }, { title: 'speaks for' }, { title: 'weight' }, { paint: paint.faint }];
  return [
    table(columns, rows),
    ...(platform === undefined ? [] : [`It runs on ${escapeControlCharacters(platform)}.`]),
  ].join('\n\n');
}
