import {
  anyFunction,
  anyThat,
  Check,
  isArray,
  isObject,
  name,
  type Part,
  part,
  readOnce,
  readOrRefuse,
  setting,
} from '../../input/index.js';
import type { Target, TargetOptions } from '../../orchestrator/index.js';
import { readTargets, TARGET_OPTIONS } from '../../orchestrator/target-options.js';
import type { CallTarget } from '../../pipeline/index.js';
import { bySession } from '../call-options.js';
import {
  checkRequired,
  type ModelProtectionOptions,
  PROTECTION_OPTIONS,
  resolveProtection,
} from './middleware-options.js';
import type { ModelCallOptions, ModelProtection } from './model-calls.js';
import type { LanguageModel } from './models.js';

/** The parameters of a model's calls. */
type ParamsOf<Model extends LanguageModel> = Parameters<Model['doGenerate']>[0];

/** One of the models of {@link failoverModel}, with more about it. */
export interface FailoverTarget<Model extends LanguageModel = LanguageModel> extends Omit<Target, 'name' | 'keys'> {
  readonly model: Model;
  /** What reports and events name it. Default: its provider and id, as `openai.chat/gpt-5`. */
  readonly name?: string | undefined;
  /**
   * Returns the request as this model takes it: without what is bound to another provider, such as signatures of reasoning or
   * ids of files. The signal of the request stays that of its attempt.
   */
  prepare?(params: ParamsOf<Model>, target: CallTarget): ParamsOf<Model> | PromiseLike<ParamsOf<Model>>;
}

/** Options of {@link failoverModel}. */
export interface FailoverModelOptions<Name extends string = string>
  extends ModelProtectionOptions<Name>,
    TargetOptions {
  /** A key beside those of the models, such as a tenant: each has its own breakers, quotas and numbers. Default: none. */
  readonly key?: string | undefined;
  /**
   * Keeps the calls of a conversation with one model, so that the provider's cache of its prompt is used. Default: the
   * conversation is `context.session`, if that is a string.
   */
  readonly sticky?: TargetOptions['sticky'];
}

/** What a call does with its target. */
type Member = Pick<FailoverTarget, 'model' | 'prepare'>;

/** The models and options of {@link failoverModel}, checked. */
interface Failover {
  readonly primary: LanguageModel;
  /** By the names of their targets. */
  readonly members: ReadonlyMap<string, Member>;
  readonly protection: ModelProtection;
  readonly callOptions: ModelCallOptions;
}

const OPTIONS: Part<FailoverModelOptions> = part(
  { ...PROTECTION_OPTIONS, ...TARGET_OPTIONS, key: setting(name()) },
  { advice: "Write options, such as { resilience, operation: 'chat' }." },
);

const MEMBER: Part<Member> = part({
  model: setting(anyThat<LanguageModel>(isModel, 'must be a language model of the AI SDK')),
  prepare: setting(anyFunction<NonNullable<Member['prepare']>>()),
});

const LIST_ADVICE = "Write models, such as [openai('gpt-5'), anthropic('claude-sonnet-5')].";

/**
 * Checks the models and options once, when the model is created.
 *
 * @throws {ConfigurationError} listing everything that is wrong with them.
 */
export function parseFailover(
  models: readonly (LanguageModel | FailoverTarget)[],
  options: FailoverModelOptions,
): Failover {
  const check = new Check();
  const own = readOnce('options', options);
  if (check.settings('options', own, OPTIONS)) checkRequired(check, own);
  const read = readModels(check, models);
  const [first] = read;
  const targets = read.map(({ target }) => target);
  if (check.issues.length === 0) readTargets(check, 'models', targets);
  check.throwIfInvalid();
  if (first === undefined) throw new TypeError('there is no model');
  const { order, whenNoneAvailable, targetWaitMs, sticky = bySession, key } = own;
  return {
    primary: first.member.model,
    members: new Map(read.map(({ target, member }) => [target.name, member])),
    protection: resolveProtection(own),
    callOptions: { targets, order, whenNoneAvailable, targetWaitMs, sticky, key },
  };
}

interface ReadModel {
  readonly target: Target;
  readonly member: Member;
}

function readModels(check: Check, given: unknown): readonly ReadModel[] {
  const list = isArray(given) ? readOrRefuse('models', given, () => [...given]) : [];
  if (list.length === 0) {
    check.addIssue('models', 'must be an array of language models, at least one', given, LIST_ADVICE);
    return [];
  }
  const read: ReadModel[] = [];
  for (const [index, each] of list.entries()) {
    const path = `models[${index}]`;
    const own: unknown = isModel(each) ? { model: each } : readOnce(path, each);
    if (!isFailoverTarget(own)) {
      check.addIssue(
        path,
        'must be a language model of the AI SDK, or an object with one as `model`',
        each,
        LIST_ADVICE,
      );
      continue;
    }
    const { model, prepare, ...target } = own;
    if (!check.settings(path, { model, prepare }, MEMBER)) continue;
    const member = prepare === undefined ? { model } : { model, prepare: prepare.bind(own) };
    read.push({ target: { ...target, name: target.name ?? nameModel(model, read) }, member });
  }
  const [first, ...others] = read;
  for (const { target, member } of others) {
    const { specificationVersion } = member.model;
    if (specificationVersion === first?.member.model.specificationVersion) continue;
    check.addIssue(
      'models',
      `must have one specification version; ${target.name} differs from the first`,
      specificationVersion,
      'With version 7 of the SDK write wrapLanguageModel({ model, middleware: [] }) for each: it converts them.',
    );
  }
  return read;
}

/** Two models of one name are two accounts or regions. */
function nameModel({ provider, modelId }: LanguageModel, before: readonly ReadModel[]): string {
  const own = `${provider}/${modelId}`;
  const isUsed = (candidate: string) => before.some(({ target }) => target.name === candidate);
  let unique = own;
  for (let nth = 2; isUsed(unique); nth += 1) unique = `${own}#${nth}`;
  return unique;
}

function isFailoverTarget(value: unknown): value is FailoverTarget {
  return isObject(value) && 'model' in value;
}

function isModel(value: unknown): value is LanguageModel {
  if (typeof value !== 'object' || value === null) return false;
  try {
    return (
      'doGenerate' in value &&
      typeof value.doGenerate === 'function' &&
      'doStream' in value &&
      typeof value.doStream === 'function' &&
      'specificationVersion' in value &&
      typeof value.specificationVersion === 'string'
    );
  } catch {
    return false;
  }
}
