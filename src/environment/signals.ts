import type { EnvironmentFeature, EnvironmentSignal, KnownEnvironment } from './environment.js';

/** An {@link EnvironmentInput} that has been checked and read once. */
export interface Facts {
  /** The variables that matter and are not empty, trimmed. */
  readonly variables: ReadonlyMap<string, string>;
  readonly files: ReadonlySet<string>;
  readonly hostname: string | undefined;
  readonly feature: EnvironmentFeature;
}

/** One row of a table of signals. */
export interface SignalRule {
  /** The variables that it reads. */
  readonly variables?: readonly string[];
  /** The file that it looks for. */
  readonly file?: string;
  /** Returns `undefined` if the facts do not match. */
  readonly match: (facts: Facts) => EnvironmentSignal | undefined;
}

/** What a variable means; `value` replaces its own in the signal. */
type Meaning = Pick<EnvironmentSignal, 'environment' | 'reasoning'> & { readonly value?: string };

interface PlatformRule extends SignalRule {
  readonly platform: string;
}

/** What a name of an environment means. */
export interface NameMeaning {
  readonly environment: KnownEnvironment;
  readonly confidence: number;
}

/** The names that mean exactly one environment. */
const EXACT_NAMES: ReadonlyMap<string, NameMeaning> = new Map([
  ['development', { environment: 'development', confidence: 0.95 }],
  ['dev', { environment: 'development', confidence: 0.9 }],
  ['testing', { environment: 'testing', confidence: 0.85 }],
  ['test', { environment: 'testing', confidence: 0.85 }],
  ['staging', { environment: 'staging', confidence: 0.9 }],
  ['stage', { environment: 'staging', confidence: 0.85 }],
  ['production', { environment: 'production', confidence: 0.95 }],
  ['prod', { environment: 'production', confidence: 0.9 }],
  ['live', { environment: 'production', confidence: 0.85 }],
]);

/** Parts of names. Staging comes first, because `preprod` contains `prod`. */
const NAME_PARTS: readonly (NameMeaning & { readonly parts: readonly string[] })[] = [
  { environment: 'staging', confidence: 0.7, parts: ['stag', 'pre-prod', 'preprod', 'uat', 'integration'] },
  { environment: 'development', confidence: 0.75, parts: ['dev', 'local', 'test', 'sandbox', 'demo'] },
  { environment: 'production', confidence: 0.75, parts: ['prod', 'live', 'release', 'stable', 'main', 'master'] },
];

/** What host names mean. */
interface HostNames {
  readonly environment: KnownEnvironment;
  readonly confidence: number;
  /** Whole words. */
  readonly words: readonly string[];
  /** How a longer word begins or ends, except common words: `device`, `product`, `locale`, `testament`. */
  readonly affix: RegExp;
}

/** How much less the beginning or the end of a word weighs than a whole word. */
const AFFIX_DISCOUNT = 0.05;

const HOST_NAMES: readonly HostNames[] = [
  {
    environment: 'development',
    confidence: 0.6,
    words: 'dev devel develop development local localhost test testing sandbox demo'.split(' '),
    affix: /^(?:my)?(?:dev(?!ast|i|ot|our)|local(?!e|i|ly)|test(?!ament|i[fm])|sandbox)|(?:dev|local|sandbox)$/,
  },
  {
    environment: 'staging',
    confidence: 0.65,
    words: 'stag stage staging preprod preproduction nonprod nonproduction uat integration'.split(' '),
    affix: /^(?:my)?(?:staging|preprod|nonprod)|(?:staging|preprod|nonprod)$/,
  },
  {
    environment: 'production',
    confidence: 0.7,
    words: 'prod production live release stable main master'.split(' '),
    affix: /^(?:my)?prod(?:uction|(?!uc|ig))|(?<!pre|non)prod(?:uction)?$/,
  },
];

/** The variables that people name the environment in, by precedence. */
export const NAMING_VARIABLES: readonly string[] = [
  'ENVIRONMENT',
  'NODE_ENV',
  'FLASK_ENV',
  'APP_ENV',
  'ENV',
  'DEPLOYMENT_ENV',
  'DJANGO_SETTINGS_MODULE',
  'RAILS_ENV',
];

/** Every row that matches is a signal. The order is that of precedence among signals of equal weight. */
export const SIGNALS: readonly SignalRule[] = [
  ...NAMING_VARIABLES.map((variable) => naming(variable, variable === 'ENVIRONMENT' ? 0.95 : 0.85)),
  // The package `debug` reads DEBUG as a list of names, so other values are no signal.
  flag('DEBUG', 'true', 'development', 0.7),
  flag('DEBUG', '1', 'development', 0.7),
  file('.env', 'development', 0.7),
  file('.git', 'development', 0.7),
  file('docker-compose.dev.yml', 'development', 0.7),
  flag('PRODUCTION', 'true', 'production', 0.75),
  flag('PROD', 'true', 'production', 0.75),
  flag('DEBUG', 'false', 'production', 0.75),
  flag('DEBUG', '0', 'production', 0.75),
  ...HOST_NAMES.map(host),
  feature('security_enforcement', 'ENFORCE_AUTH', 'production', 0.98),
];

/**
 * Only the first row that matches is a signal, so that several variables of one platform do not confirm each other.
 *
 * Platforms that name the environment come first. Their weight is between `ENVIRONMENT`, which a person wrote, and
 * `NODE_ENV`, which they set to `production` for previews too. Azure defaults to `Production`, and Render only marks
 * pull requests: both weigh less.
 *
 * Then CI before servers, because a CI job may run on Kubernetes, and emulators before what they emulate. CI outweighs
 * the `.git` that it checks out. A server weighs less than every indicator, and too little to cast doubt on a name.
 */
export const PLATFORMS: readonly PlatformRule[] = [
  named('Vercel', 'VERCEL_ENV', 0.9, { production: 'production', preview: 'staging', development: 'development' }),
  named(
    'Netlify',
    'CONTEXT',
    0.9,
    { production: 'production', 'deploy-preview': 'staging', 'branch-deploy': 'staging', dev: 'development' },
    'NETLIFY',
  ),
  named('Railway', 'RAILWAY_ENVIRONMENT_NAME', 0.9, indexEnvironments()),
  named('Azure Functions', 'AZURE_FUNCTIONS_ENVIRONMENT', 0.8, {
    production: 'production',
    staging: 'staging',
    development: 'development',
  }),
  named('Render', 'IS_PULL_REQUEST', 0.8, { true: 'staging' }, 'RENDER'),
  ...listUses('testing', 0.75, 'runs continuous integration', {
    GITHUB_ACTIONS: 'GitHub Actions',
    GITLAB_CI: 'GitLab CI',
    CIRCLECI: 'CircleCI',
    JENKINS_URL: 'Jenkins',
    TF_BUILD: 'Azure Pipelines',
    BUILDKITE: 'Buildkite',
    BITBUCKET_BUILD_NUMBER: 'Bitbucket Pipelines',
    CODEBUILD_BUILD_ID: 'AWS CodeBuild',
    TEAMCITY_VERSION: 'TeamCity',
    TRAVIS: 'Travis CI',
    DRONE: 'Drone',
    APPVEYOR: 'AppVeyor',
    CI: 'A CI system',
  }),
  ...listUses('development', 0.75, 'is a development environment', {
    AWS_SAM_LOCAL: 'AWS SAM local',
    IS_OFFLINE: 'Serverless Offline',
    NETLIFY_DEV: 'Netlify Dev',
    FUNCTIONS_EMULATOR: 'Firebase emulator',
    CODESPACES: 'GitHub Codespaces',
    GITPOD_WORKSPACE_ID: 'Gitpod',
    REMOTE_CONTAINERS: 'Dev Containers',
  }),
  ...listUses('production', 0.65, 'runs deployed services', {
    VERCEL: 'Vercel',
    NETLIFY: 'Netlify',
    AWS_LAMBDA_FUNCTION_NAME: 'AWS Lambda',
    K_SERVICE: 'Cloud Run',
    CLOUD_RUN_JOB: 'Cloud Run jobs',
    GAE_SERVICE: 'App Engine',
    WEBSITE_INSTANCE_ID: 'Azure App Service or Functions',
    CONTAINER_APP_NAME: 'Azure Container Apps',
    ECS_CONTAINER_METADATA_URI_V4: 'AWS ECS',
    RAILWAY_SERVICE_ID: 'Railway',
    RENDER: 'Render',
    FLY_APP_NAME: 'Fly.io',
    DYNO: 'Heroku',
  }),
  ...listUses('production', 0.6, 'runs services, including services in development', {
    KUBERNETES_SERVICE_HOST: 'Kubernetes',
  }),
];

/** The files that detection looks for. */
export const FILES: readonly string[] = SIGNALS.flatMap(({ file: name }) => name ?? []);

/** The variables that detection reads, each once. HOSTNAME and ENABLE_AI_CACHE are read without being signals. */
export const VARIABLES: readonly string[] = [
  ...new Set([
    ...SIGNALS.flatMap(({ variables = [] }) => variables),
    'HOSTNAME',
    'ENABLE_AI_CACHE',
    ...PLATFORMS.flatMap(({ variables = [] }) => variables),
  ]),
];

/** Returns what a name means if it is one of the nine exact names, ignoring case and surrounding space. */
export function findExactName(name: string): NameMeaning | undefined {
  return EXACT_NAMES.get(name.trim().toLowerCase());
}

/** Returns the first meaning that a part of the name hints at, with that part. */
export function findNamePart(name: string): (NameMeaning & { readonly part: string }) | undefined {
  const text = name.trim().toLowerCase();
  for (const { parts, ...meaning } of NAME_PARTS) {
    const part = parts.find((each) => text.includes(each));
    if (part !== undefined) return { ...meaning, part };
  }
  return undefined;
}

/** Returns whether a variable is set to `true`, `1` or `yes`. */
export function isOn(value: string | undefined): value is string {
  return value !== undefined && ['true', '1', 'yes'].includes(value.toLowerCase());
}

export function isOff(value: string | undefined): boolean {
  return value === undefined || ['false', '0', 'no', 'off'].includes(value.toLowerCase());
}

/** A variable; `find` decides what its value means. */
function variable(
  source: string,
  confidence: number,
  find: (value: string, facts: Facts) => Meaning | undefined,
): SignalRule {
  return {
    variables: [source],
    match: (facts) => {
      const value = facts.variables.get(source);
      const meaning = value === undefined ? undefined : find(value, facts);
      return value === undefined || meaning === undefined ? undefined : { source, value, confidence, ...meaning };
    },
  };
}

/** A variable that holds a name. The weight is that of the variable, not of the name. */
function naming(source: string, confidence: number): SignalRule {
  return variable(source, confidence, (value) => {
    const environment = findExactName(value)?.environment;
    return environment === undefined ? undefined : { environment, reasoning: `${source} is '${value}'` };
  });
}

/** A variable with exactly this value, which is in lower case. */
function flag(source: string, value: string, environment: KnownEnvironment, confidence: number): SignalRule {
  return variable(source, confidence, (given) =>
    given.toLowerCase() === value ? { value, environment, reasoning: `${source} is '${value}'` } : undefined,
  );
}

/** A variable that is on, which only counts when the detection is for this feature. */
function feature(
  name: EnvironmentFeature,
  source: string,
  environment: KnownEnvironment,
  confidence: number,
): SignalRule {
  return variable(source, confidence, (value, facts) =>
    facts.feature === name && isOn(value) ? { environment, reasoning: `${source} is on` } : undefined,
  );
}

function file(source: string, environment: KnownEnvironment, confidence: number): SignalRule {
  const signal = { source, value: 'present', environment, confidence, reasoning: `${source} exists` };
  return { file: source, match: ({ files }) => (files.has(source) ? signal : undefined) };
}

/** A host name as words. `pre-prod` and `non_prod` count as one word, and not as `prod`. */
function splitWords(hostname: string): readonly string[] {
  const joined = hostname.toLowerCase().replace(/(?<![a-z])(pre|non)[-_.](?=prod(?:uction)?(?![a-z]))/g, '$1');
  return joined.split(/[^a-z]+/);
}

/** Matches a word of the host name; if no environment has a whole word in it, the beginning or end of a word. */
function host({ environment, confidence, words, affix }: HostNames): SignalRule {
  return {
    match: ({ hostname: value = '' }) => {
      const found = splitWords(value);
      const word = found.find((each) => words.includes(each));
      const signal = { source: 'hostname', value, environment };
      if (word !== undefined) {
        return { ...signal, confidence, reasoning: `the host name contains the word '${word}'` };
      }
      if (found.some((each) => HOST_NAMES.some((row) => row.words.includes(each)))) return undefined;
      const part = found.find((each) => affix.test(each));
      if (part === undefined) return undefined;
      const reasoning = `the part '${part}' of the host name hints at ${environment}`;
      return { ...signal, confidence: Math.round((confidence - AFFIX_DISCOUNT) * 100) / 100, reasoning };
    },
  };
}

/**
 * A variable in which a platform names the environment.
 *
 * @param values its values in lower case; any other value is no signal.
 * @param requires a variable that must be on as well, because other programs may use the first one.
 */
function named(
  platform: string,
  source: string,
  confidence: number,
  values: Readonly<Record<string, KnownEnvironment>>,
  requires = source,
): PlatformRule {
  const environments = new Map(Object.entries(values));
  const { match } = variable(source, confidence, (value, facts) => {
    const environment = environments.get(value.toLowerCase());
    if (environment === undefined || isOff(facts.variables.get(requires))) return undefined;
    return { environment, reasoning: `${platform} sets ${source}=${value}` };
  });
  return { platform, variables: [source, requires], match };
}

/** Variables whose existence shows the platform. */
function listUses(
  environment: KnownEnvironment,
  confidence: number,
  use: string,
  platforms: Readonly<Record<string, string>>,
): PlatformRule[] {
  return Object.entries(platforms).map(([source, platform]) => {
    const meaning = { value: 'set', environment, reasoning: `${platform} ${use}` };
    return { platform, ...variable(source, confidence, (value) => (isOff(value) ? undefined : meaning)) };
  });
}

function indexEnvironments(): Readonly<Record<string, KnownEnvironment>> {
  return Object.fromEntries(Array.from(EXACT_NAMES, ([name, { environment }]) => [name, environment]));
}
