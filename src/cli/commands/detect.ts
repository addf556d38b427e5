import { type PresetRecommendation, recommendPreset } from '../../config/recommendation.js';
import { type DetectedEnvironment, detectEnvironment } from '../../environment/index.js';
import type { Command } from '../command.js';
import { escapeControlCharacters } from '../text/format.js';
import type { Style } from '../text/style.js';
import { formatTable } from '../text/table.js';

/** `holdfast detect` */
export const detect: Command = {
  name: 'detect',
  summary: 'Detect the environment, and the preset that suits it.',
  arguments: [
    { name: 'name', summary: 'The name of an environment, to detect by it alone: prod, pre-prod-eu.', optional: true },
  ],
  options: {},
  details: ['Without a name, detects by the variables, files and host that a service started here would see.'],
  examples: ['holdfast detect', 'holdfast detect pre-prod-eu'],
  run: (args, { environment }) => {
    const name = args.argument('name');
    if (name !== undefined) {
      const recommendation = recommendPreset(name);
      return { json: { recommendation }, text: (style) => formatRecommendation(recommendation, style) };
    }
    const detected = detectEnvironment(environment());
    const recommendation = recommendPreset(detected);
    return {
      json: { ...detected, recommendation },
      text: (style) => `${formatRecommendation(recommendation, style)}\n\n${formatSignals(detected, style)}`,
      notes: detected.metadata.unrecognised.map((variable) => `${variable} does not name a known environment.`),
    };
  },
};

function formatRecommendation(
  { environment, confidence, preset, reasoning }: PresetRecommendation,
  { faint, strong }: Style,
): string {
  const rows = [
    ['environment', environment],
    ['preset', preset],
    ['confidence', String(confidence)],
    ['reason', escapeControlCharacters(reasoning)],
  ];
  return formatTable([{ style: faint }, { style: strong }], rows);
}

function formatSignals({ signals, metadata: { platform } }: DetectedEnvironment, { faint }: Style): string {
  if (signals.length === 0) return 'There is no evidence for any environment.';
  const rows = signals.map(({ source, environment, confidence, reasoning }) => [
    escapeControlCharacters(source),
    environment,
    confidence.toFixed(2),
    escapeControlCharacters(reasoning),
  ]);
  const columns = [{ title: 'evidence' }, { title: 'environment' }, { title: 'confidence' }, { style: faint }];
  return [
    formatTable(columns, rows),
    ...(platform === undefined ? [] : [`Platform: ${escapeControlCharacters(platform)}.`]),
  ].join('\n\n');
}
