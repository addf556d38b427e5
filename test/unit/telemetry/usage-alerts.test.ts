import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { clock, HOUR, MINUTE, monitored, START, times } from './usage-recorder.js';

beforeEach(() => {
  vi.useFakeTimers({ now: START });
});

afterEach(() => {
  vi.useRealTimers();
});

describe('an alert for a slow load', () => {
  it('is raised above 100 ms, lasts while loads are slow, and is cleared by a fast one', () => {
    const { monitor, told } = monitored();
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
    expect(told()).toEqual(['+load_time simple', '-load_time simple']);
  });
});

describe('an alert for a failed load', () => {
  it('is raised by any, and cleared when the preset loads again', () => {
    const { monitor, told } = monitored();
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
    expect(told()).toEqual(['+config_error simple', '-config_error simple']);
  });
});

describe('an alert for the error rate', () => {
  it('is raised above 5 % of at least 20 loads within an hour', () => {
    const { monitor, told } = monitored();
    monitor.recordError('simple', 'one');
    times(18, () => monitor.recordLoad('simple', 1));
    monitor.recordLoad('simple', 1);
    // One of 20 is 5 %, which is allowed.
    expect(told()).not.toContain('+error_rate all');
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

  it('is not raised by a handful', () => {
    const { monitor, told } = monitored();
    times(19, () => monitor.recordError('simple', 'no'));
    expect(told()).toEqual(['+config_error simple']);
    monitor.recordError('simple', 'no');
    expect(told()).toEqual(['+config_error simple', '+error_rate all']);
  });

  it('goes by the last hour only, and ends as time passes', () => {
    const { monitor, told } = monitored({ minimumSamples: 1 });
    monitor.recordError('simple', 'no');
    clock.ms += HOUR - 1;
    expect(monitor.activeAlerts('critical')).toHaveLength(1);
    clock.ms += 1;
    expect(monitor.activeAlerts('critical')).toEqual([]);
    expect(told()).toEqual(['+config_error simple', '+error_rate all', '-error_rate all']);
  });
});

describe('an alert for changes', () => {
  it('is raised above 10 within an hour', () => {
    const { monitor, told } = monitored();
    times(10, () => {
      monitor.recordChange('simple', 'a', 'b');
      clock.ms += MINUTE;
    });
    expect(told()).toEqual([]);
    monitor.recordChange('simple', 'b', 'c');
    expect(monitor.activeAlerts()).toMatchObject([
      {
        rule: 'change_frequency',
        level: 'warning',
        description: 'It was changed 11 times within an hour; 10 times are allowed',
        thresholdValue: 10,
        actualValue: 11,
      },
    ]);
    clock.ms = START + HOUR;
    expect(monitor.activeAlerts()).toEqual([]);
  });

  it('is not raised by as many that are spread out', () => {
    const { monitor, told } = monitored();
    times(100, () => {
      monitor.recordChange('simple', 'a', 'b');
      clock.ms += 6 * MINUTE;
    });
    expect(told()).toEqual([]);
  });
});

describe('an alert for failed validations', () => {
  it('is raised above 10 % of at least 20 within an hour', () => {
    const { monitor, told } = monitored();
    times(2, () => monitor.recordValidation('simple', ['bad']));
    times(18, () => monitor.recordValidation('simple'));
    expect(told()).toEqual([]);
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
    expect(told()).toEqual(['+validation_failures all', '-validation_failures all']);
  });
});

describe('thresholds', () => {
  const provoke = (monitor: ReturnType<typeof monitored>['monitor']) => {
    monitor.recordLoad('simple', 150);
    times(3, () => monitor.recordError('simple', 'no'));
    times(5, () => monitor.recordChange('simple', 'a', 'b'));
    times(4, (index) => monitor.recordValidation('simple', index === 3 ? ['bad'] : []));
  };

  it('can be lowered', () => {
    const thresholds = { errorRate: 0, loadMs: 1, changesPerHour: 2, validationFailureRate: 0.2 };
    const { monitor } = monitored({ thresholds, minimumSamples: 1 });
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

  it('can be raised', () => {
    const thresholds = { errorRate: 1, loadMs: 150, changesPerHour: 5, validationFailureRate: 0.25 };
    const { monitor, told } = monitored({ thresholds, minimumSamples: 1 });
    provoke(monitor);
    expect(told()).toEqual(['+config_error simple']);
  });

  it('can be switched off', () => {
    const thresholds = {
      errorRate: false,
      loadMs: false,
      changesPerHour: false,
      validationFailureRate: false,
    } as const;
    const { monitor, told } = monitored({ thresholds, minimumSamples: 1 });
    times(30, () => provoke(monitor));
    expect(told().filter((one) => !one.includes('config_error'))).toEqual([]);
  });
});

describe('alerts', () => {
  it('are never more than 50, and the oldest give way', () => {
    const { monitor } = monitored();
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

  it('that are over are still told for a day', () => {
    const { monitor } = monitored();
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

  it('are not raised by time alone', () => {
    const { monitor, told } = monitored({ minimumSamples: 2 });
    // Of 22 loads one fails; an hour after the others, it would be one of two.
    times(20, () => monitor.recordLoad('simple', 1));
    clock.ms += 30 * MINUTE;
    monitor.recordError('simple', 'no');
    monitor.recordLoad('production', 500);
    clock.ms += 30 * MINUTE;
    expect(monitor.activeAlerts()).toHaveLength(2);
    expect(told()).toEqual(['+config_error simple', '+load_time production']);
  });

  it('can disturb nobody by whom they are told to', () => {
    const { monitor } = monitored({
      onAlert: () => {
        throw new Error('no');
      },
    });
    monitor.recordLoad('simple', 500);
    expect(monitor.activeAlerts()).toHaveLength(1);
  });

  it('cannot be changed by whom they are told to', () => {
    const { monitor, changes } = monitored();
    monitor.recordLoad('simple', 500);
    expect(changes.map(({ alert }) => Object.isFrozen(alert))).toEqual([true]);
  });
});
