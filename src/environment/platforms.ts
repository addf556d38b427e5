import type { KnownEnvironment } from './detected.js';
import { EXACT_NAMES } from './names.js';

/** A variable in which a platform names the environment by itself. */
export interface PlatformName {
  readonly platform: string;
  readonly variable: string;
  /** A variable that must be set too, where the first alone could be anybody's. */
  readonly besides?: string;
  readonly confidence: number;
  /** Its words, in lower case; every other value is no signal. */
  readonly means: ReadonlyMap<string, KnownEnvironment>;
}

/**
 * Between `ENVIRONMENT`, which a person wrote, and `NODE_ENV`, which these platforms set to `production` for a preview
 * too. Azure says `Production` unless told otherwise, and Render tells a pull request by a flag: both weigh less.
 */
export const PLATFORM_NAMES: readonly PlatformName[] = [
  {
    platform: 'Vercel',
    variable: 'VERCEL_ENV',
    confidence: 0.9,
    means: new Map([
      ['production', 'production'],
      ['preview', 'staging'],
      ['development', 'development'],
    ]),
  },
  {
    platform: 'Netlify',
    variable: 'CONTEXT',
    besides: 'NETLIFY',
    confidence: 0.9,
    means: new Map([
      ['production', 'production'],
      ['deploy-preview', 'staging'],
      ['branch-deploy', 'staging'],
      ['dev', 'development'],
    ]),
  },
  {
    platform: 'Railway',
    variable: 'RAILWAY_ENVIRONMENT_NAME',
    confidence: 0.9,
    means: new Map(Array.from(EXACT_NAMES, ([name, { environment }]) => [name, environment])),
  },
  {
    platform: 'Azure Functions',
    variable: 'AZURE_FUNCTIONS_ENVIRONMENT',
    confidence: 0.8,
    means: new Map([
      ['production', 'production'],
      ['staging', 'staging'],
      ['development', 'development'],
    ]),
  },
  {
    platform: 'Render',
    variable: 'IS_PULL_REQUEST',
    besides: 'RENDER',
    confidence: 0.8,
    means: new Map([['true', 'staging']]),
  },
];

/** Variables whose being set tells what the process runs on. */
export interface PlatformUse {
  /** What that goes with. */
  readonly environment: KnownEnvironment;
  readonly confidence: number;
  /** In words, after the platform's name. */
  readonly is: string;
  /** From the variable to the platform, in the order in which they are looked for. */
  readonly variables: ReadonlyMap<string, string>;
}

/**
 * In the order in which they are looked for; the first that is found is the only one: a CI job may run on Kubernetes,
 * and what stands in for a platform sets its variables too. A CI job has a `.git`, so it weighs more than that does.
 * What only tells of a server weighs less than every indicator, and too little to cast doubt on a name.
 */
export const PLATFORM_USES: readonly PlatformUse[] = [
  {
    environment: 'testing',
    confidence: 0.75,
    is: 'runs jobs of continuous integration',
    variables: new Map([
      ['GITHUB_ACTIONS', 'GitHub Actions'],
      ['GITLAB_CI', 'GitLab CI'],
      ['CIRCLECI', 'CircleCI'],
      ['JENKINS_URL', 'Jenkins'],
      ['TF_BUILD', 'Azure Pipelines'],
      ['BUILDKITE', 'Buildkite'],
      ['BITBUCKET_BUILD_NUMBER', 'Bitbucket Pipelines'],
      ['CODEBUILD_BUILD_ID', 'AWS CodeBuild'],
      ['TEAMCITY_VERSION', 'TeamCity'],
      ['TRAVIS', 'Travis CI'],
      ['DRONE', 'Drone'],
      ['APPVEYOR', 'AppVeyor'],
      ['CI', 'A CI system'],
    ]),
  },
  {
    environment: 'development',
    confidence: 0.75,
    is: 'is where developers work',
    variables: new Map([
      ['AWS_SAM_LOCAL', 'AWS SAM local'],
      ['IS_OFFLINE', 'Serverless Offline'],
      ['NETLIFY_DEV', 'Netlify Dev'],
      ['FUNCTIONS_EMULATOR', 'Firebase emulator'],
      ['CODESPACES', 'GitHub Codespaces'],
      ['GITPOD_WORKSPACE_ID', 'Gitpod'],
      ['REMOTE_CONTAINERS', 'Dev Containers'],
    ]),
  },
  {
    environment: 'production',
    confidence: 0.65,
    is: 'is where services are deployed',
    variables: new Map([
      ['VERCEL', 'Vercel'],
      ['NETLIFY', 'Netlify'],
      ['AWS_LAMBDA_FUNCTION_NAME', 'AWS Lambda'],
      ['K_SERVICE', 'Cloud Run'],
      ['CLOUD_RUN_JOB', 'Cloud Run jobs'],
      ['GAE_SERVICE', 'App Engine'],
      ['WEBSITE_INSTANCE_ID', 'Azure App Service or Functions'],
      ['CONTAINER_APP_NAME', 'Azure Container Apps'],
      ['ECS_CONTAINER_METADATA_URI_V4', 'AWS ECS'],
      ['RAILWAY_SERVICE_ID', 'Railway'],
      ['RENDER', 'Render'],
      ['FLY_APP_NAME', 'Fly.io'],
      ['DYNO', 'Heroku'],
    ]),
  },
  {
    environment: 'production',
    confidence: 0.6,
    is: 'is where services run, those under development too',
    variables: new Map([['KUBERNETES_SERVICE_HOST', 'Kubernetes']]),
  },
];
