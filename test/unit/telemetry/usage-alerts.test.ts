import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { clock, createMonitor, HOUR, MINUTE, START, times } from './usage-setup.js';

beforeEach(() => {
  vi.useFakeTimers({ now: START });
});

afterEach(() => {
  vi.useRealTimers();
});

describe('the alert load_time', () => {
  it('is raised by a load above 100 ms, lasts while loads are slow, and is cleared by a fast load of that preset', () => {
    const { monitor, history } = createMonitor();
    monitor.recordLoad('simple', 100);
    expect(monitor.activeAlerts()).toEqual([]);
    monitor.recordLoad('simple', 101);
    clock.ms += MINUTE;
    monitor.recordLoad('simple', 250);
    expect(monitor.activeAlerts()).toEqual([
      {
        rule: 'load_time',
        level: 'warning',
        at: START,
        lastAt: START + MINUTE,
        occurrences: 2,
        clearedAt: undefined,
        title: 'Configuration loads slowly',
        description: "The configuration of preset 'simple' took 250 ms to load; 100 ms are allowed",
        preset: 'simple',
        metricType: 'config_load',
        thresholdValue: 100,
        actualValue: 250,
      },
    ]);
    monitor.recordLoad('production', 5);
    expect(monitor.activeAlerts()).toHaveLength(1);
    monitor.recordLoad('simple', 5);
    expect(monitor.activeAlerts()).toEqual([]);
    expect(history()).toEqual(['+load_time simple', '-load_time simple']);
  });
});

describe('the alert config_error', () => {
  it('is raised by any failed load, and cleared when the same preset loads again', () => {
    const { monitor, history } = createMonitor();
    monitor.recordError('simple', new TypeError('no such file'));
    expect(monitor.activeAlerts()).toMatchObject([
      {
        rule: 'config_error',
        level: 'error',
        description: "The configuration of preset 'simple' failed to load: no such file",
      },
    ]);
    monitor.recordLoad('production', 5);
    monitor.recordLoad('simple', 5);
    expect(history()).toEqual(['+config_error simple', '-config_error simple']);
  });
});

describe('the alert error_rate', () => {
  it('is raised when more than 5 % of at least 20 loads within an hour fail', () => {
    const { monitor, history } = createMonitor();
    monitor.recordError('simple', 'one');
    times(18, () => monitor.recordLoad('simple', 1));
    monitor.recordLoad('simple', 1);
    // One of 20 is 5 %, which is allowed.
    expect(history()).not.toContain('+error_rate all');
    monitor.recordError('simple', 'two');
    expect(monitor.activeAlerts('critical')).toMatchObject([
      {
        rule: 'error_rate',
        preset: undefined,
        description: '9.52 % of 21 loads failed within an hour; 5 % are allowed',
        metricType: 'config_error',
        thresholdValue: 0.05,
        actualValue: 2 / 21,
      },
    ]);
    times(19, () => monitor.recordLoad('simple', 1));
    expect(monitor.activeAlerts('critical')).toEqual([]);
  });

  it('is not raised by fewer than 20 loads', () => {
    const { monitor, history } = createMonitor();
    times(19, () => monitor.recordError('simple', 'no'));
    expect(history()).toEqual(['+config_error simple']);
    monitor.recordError('simple', 'no');
    expect(history()).toEqual(['+config_error simple', '+error_rate all']);
  });

  it('measures the last hour only, and is cleared as time passes', () => {
    const { monitor, history } = createMonitor({ minimumSamples: 1 });
    monitor.recordError('simple', 'no');
    clock.ms += HOUR - 1;
    expect(monitor.activeAlerts('critical')).toHaveLength(1);
    clock.ms += 1;
    expect(monitor.activeAlerts('critical')).toEqual([]);
    expect(history()).toEqual(['+config_error simple', '+error_rate all', '-error_rate all']);
  });
});

describe('the alert change_frequency', () => {
  it('is raised by more than 10 changes within an hour', () => {
    const { monitor, history } = createMonitor();
    times(10, () => {
      monitor.recordChange('simple', 'a', 'b');
      clock.ms += MINUTE;
    });
    expect(history()).toEqual([]);
    monitor.recordChange('simple', 'b', 'c');
    expect(monitor.activeAlerts()).toMatchObject([
      {
        rule: 'change_frequency',
        level: 'warning',
        description: 'The configuration was changed 11 times within an hour; 10 times are allowed',
        thresholdValue: 10,
        actualValue: 11,
      },
    ]);
    clock.ms = START + HOUR;
    expect(monitor.activeAlerts()).toEqual([]);
  });

  it('is not raised by 100 changes that are 6 minutes apart', () => {
    const { monitor, history } = createMonitor();
    times(100, () => {
      monitor.recordChange('simple', 'a', 'b');
      clock.ms += 6 * MINUTE;
    });
    expect(history()).toEqual([]);
  });
});

describe('the alert validation_failures', () => {
  it('is raised when more than 10 % of at least 20 validations within an hour fail', () => {
    const { monitor, history } = createMonitor();
    times(2, () => monitor.recordValidation('simple', ['bad']));
    times(18, () => monitor.recordValidation('simple'));
    expect(history()).toEqual([]);
    monitor.recordValidation('simple', ['bad']);
    expect(monitor.activeAlerts()).toMatchObject([
      {
        rule: 'validation_failures',
        level: 'warning',
        description: '14.29 % of 21 validations failed within an hour; 10 % are allowed',
        metricType: 'validation_event',
        thresholdValue: 0.1,
        actualValue: 3 / 21,
      },
    ]);
    times(9, () => monitor.recordValidation('simple'));
    expect(history()).toEqual(['+validation_failures all', '-validation_failures all']);
  });
});

describe('the thresholds of a usage monitor', () => {
  const provoke = (monitor: ReturnType<typeof createMonitor>['monitor']) => {
    monitor.recordLoad('simple', 150);
    times(3, () => monitor.recordError('simple', 'no'));
    times(5, () => monitor.recordChange('simple', 'a', 'b'));
    times(4, (index) => monitor.recordValidation('simple', index === 3 ? ['bad'] : []));
  };

  it('raise alerts earlier when they are lowered', () => {
    const thresholds = { errorRate: 0, loadMs: 1, changesPerHour: 2, validationFailureRate: 0.2 };
    const { monitor } = createMonitor({ thresholds, minimumSamples: 1 });
    provoke(monitor);
    const rules = monitor.activeAlerts().map(({ rule }) => rule);
    expect(rules.sort()).toEqual([
      'change_frequency',
      'config_error',
      'error_rate',
      'load_time',
      'validation_failures',
    ]);
  });

  it('raise no alert at a value that equals them', () => {
    const thresholds = { errorRate: 1, loadMs: 150, changesPerHour: 5, validationFailureRate: 0.25 };
    const { monitor, history } = createMonitor({ thresholds, minimumSamples: 1 });
    provoke(monitor);
    expect(history()).toEqual(['+config_error simple']);
  });

  it('raise no alert when they are false', () => {
    const thresholds = {
      errorRate: false,
      loadMs: false,
      changesPerHour: false,
      validationFailureRate: false,
    } as const;
    const { monitor, history } = createMonitor({ thresholds, minimumSamples: 1 });
    times(30, () => provoke(monitor));
    expect(history().filter((one) => !one.includes('config_error'))).toEqual([]);
  });
});

describe('the alerts of a usage monitor', () => {
  it('are at most 50, and the oldest one is cleared to make room', () => {
    const { monitor } = createMonitor();
    times(80, (index) => {
      clock.ms += 1;
      monitor.recordLoad(`preset ${index}`, 500);
    });
    const active = monitor.activeAlerts();
    expect(active.map(({ preset }) => preset)).toEqual(
      Array.from({ length: 50 }, (_, index) => `preset ${79 - index}`),
    );
    expect(monitor.recentAlerts()).toHaveLength(50);
    expect(monitor.recentAlerts()[0]?.preset).toBe('preset 79');
  });

  it('are listed for a day after they were cleared', () => {
    const { monitor } = createMonitor();
    monitor.recordLoad('simple', 500);
    clock.ms += MINUTE;
    monitor.recordLoad('simple', 5);
    monitor.recordError('simple', 'no');
    expect(monitor.recentAlerts()).toMatchObject([
      { rule: 'config_error', clearedAt: undefined },
      { rule: 'load_time', clearedAt: START + MINUTE },
    ]);
    expect(monitor.recentAlerts('warning')).toHaveLength(1);
    clock.ms = START + 24 * HOUR;
    expect(monitor.recentAlerts()).toMatchObject([{ rule: 'config_error' }]);
    clock.ms += MINUTE;
    expect(monitor.activeAlerts()).toEqual([]);
    clock.ms += 24 * HOUR;
    expect(monitor.recentAlerts()).toEqual([]);
  });

  it('are not raised by the passing of time', () => {
    const { monitor, history } = createMonitor({ minimumSamples: 2 });
    // Of 22 loads one fails; an hour after the others, it would be one of two.
    times(20, () => monitor.recordLoad('simple', 1));
    clock.ms += 30 * MINUTE;
    monitor.recordError('simple', 'no');
    monitor.recordLoad('production', 500);
    clock.ms += 30 * MINUTE;
    expect(monitor.activeAlerts()).toHaveLength(2);
    expect(history()).toEqual(['+config_error simple', '+load_time production']);
  });

  it('are raised even if onAlert throws', () => {
    const { monitor } = createMonitor({
      onAlert: () => {
        throw new Error('no');
      },
    });
    monitor.recordLoad('simple', 500);
    expect(monitor.activeAlerts()).toHaveLength(1);
  });

  it('are frozen when onAlert receives them', () => {
    const { monitor, changes } = createMonitor();
    monitor.recordLoad('simple', 500);
    expect(changes.map(({ alert }) => Object.isFrozen(alert))).toEqual([true]);
  });
});
