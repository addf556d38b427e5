import { BUILT_IN, listPresets } from '../../config/presets/catalog.js';
import type { EnvironmentInput } from '../../environment/index.js';
import { createResilience } from '../../orchestrator/index.js';
import type { Loading, Migrating, Validation } from '../doors.js';
import type { Benchmark } from './measure.js';
import { CUSTOM_CONFIG, LEGACY_VARIABLES, VALIDATED } from './workload.js';

/** What the operations are done with. */
export interface Workbench {
  readonly environment: EnvironmentInput;
  readonly loading: Loading;
  readonly validation: Validation;
  readonly migration: Migrating;
}

/** What a service does with its configuration, from a look at a preset to its start. */
export function benchmarks({ environment, loading, validation, migration }: Workbench): readonly Benchmark[] {
  const { loadConfig } = loading;
  const names = Object.keys(listPresets());
  return [
    {
      operation: 'preset_loading',
      kind: 'preset_access',
      iterations: 100,
      run: () => names.map((name) => BUILT_IN.findPreset(name)),
    },
    {
      operation: 'settings_initialization',
      kind: 'config_loading',
      iterations: 50,
      run: () => loadConfig({ environment }),
    },
    {
      operation: 'resilience_config_loading',
      kind: 'config_loading',
      iterations: 50,
      run: () => names.map((preset) => loadConfig({ environment, preset }).explain()),
    },
    {
      operation: 'service_initialization',
      kind: 'service_init',
      iterations: 25,
      run: () => createResilience({ environment, config: CUSTOM_CONFIG }),
    },
    {
      operation: 'custom_config_loading',
      kind: 'config_loading',
      iterations: 25,
      run: () => loadConfig({ environment, config: CUSTOM_CONFIG }).explain('summarize'),
    },
    {
      operation: 'legacy_config_loading',
      kind: 'config_loading',
      iterations: 25,
      run: () => loadConfig({ environment, config: migration.migrate({ env: LEGACY_VARIABLES }).config }),
    },
    {
      operation: 'validation_performance',
      kind: 'validation',
      iterations: 50,
      run: () => VALIDATED.map((config) => validation.validateConfig(config)),
    },
  ];
}
