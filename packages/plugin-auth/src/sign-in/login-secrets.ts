import { Secret } from '@particle-grants/core'
import { CliError } from '../errors/cli-error.ts'
import { secretsFromStdin } from '../terminal/stdin-lines.ts'
import type { ChallengeAnswer } from './answer-challenge.ts'
import { type LoginFlags, stdinFlags } from './login-flags.ts'

/** The secrets that came with the call. */
export interface LoginSecrets {
  readonly clientSecret: Secret | undefined
  readonly password: Secret | undefined
  readonly token: Secret | undefined
  readonly answer: ChallengeAnswer
}

type StdinFlag = (typeof stdinFlags)[number]

/** Reads the secrets that flags announce from stdin; those of the environment stand in where no flag does. */
export async function readLoginSecrets(
  flags: LoginFlags,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<LoginSecrets> {
  const wanted = stdinFlags.filter((name) => flags[name])
  const read = wanted.length === 0 ? [] : await secretsFromStdin({ flags: wanted.map((name) => `--${name}`) })
  const found = new Map<StdinFlag, Secret>()
  for (const [index, name] of wanted.entries()) {
    const secret = read[index]
    if (secret !== undefined) found.set(name, secret)
  }
  return {
    clientSecret: found.get('client-secret-stdin') ?? secretOf(env.PARTICLE_GRANTS_CLIENT_SECRET),
    password: found.get('password-stdin') ?? secretOf(env.PARTICLE_GRANTS_PASSWORD),
    token: token(found.get('token-stdin')),
    answer: answerOf(found),
  }
}

function answerOf(found: ReadonlyMap<StdinFlag, Secret>): ChallengeAnswer {
  const kinds = { otp: 'otp-stdin', recovery: 'recovery-code-stdin', totp: 'totp-stdin' } as const
  for (const by of ['otp', 'recovery', 'totp'] as const) {
    const value = found.get(kinds[by])
    if (value !== undefined) return { by, value }
  }
  return undefined
}

/** People copy the word before it as well, and blanks around it. */
function token(given: Secret | undefined): Secret | undefined {
  if (given === undefined) return undefined
  const bare = given
    .reveal()
    .trim()
    .replace(/^bearer\s+/i, '')
  if (/^[\x21-\x7e]+$/.test(bare)) return new Secret(bare)
  throw new CliError('usage', {
    what: 'What came on stdin for --token-stdin is no token: it has blanks or odd characters.',
  })
}

function secretOf(value: string | undefined): Secret | undefined {
  return value === undefined || value === '' ? undefined : new Secret(value)
}
