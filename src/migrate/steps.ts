/** What there is to do, in order. */
export function stepsTo(preset: string, configText: string | undefined, replacing: string): string[] {
  return [
    `Set HOLDFAST_PRESET=${preset}.`,
    replacing,
    configText === undefined
      ? 'No HOLDFAST_CONFIG is needed: the preset says it all.'
      : `Set HOLDFAST_CONFIG, or give the config to createResilience(): ${configText}`,
    'Test it, with the failures that you know.',
    'Watch the stats and events after the release: retries, rejections, time per call.',
    'Tune it: leave out, one by one, what the preset would say better.',
  ];
}
