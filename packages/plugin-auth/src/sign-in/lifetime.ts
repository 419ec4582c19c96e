import { spanInWords } from '../connection/wording.ts'
import { CliError } from '../errors/cli-error.ts'

const seconds = { s: 1, m: 60, h: 3600, d: 86_400 } as const

/** A lifetime in seconds as people say it; 0: never expires. */
export function lifetimeInWords(lifetime: number): string {
  return lifetime === 0 ? 'a token that never expires' : `a token of ${spanInWords(lifetime * 1000)}`
}

/** The lifetime to ask for, in seconds; 0: never expires; `undefined`: the server's own. Throws `usage`. */
export function lifetimeOf(given: string | undefined, neverExpires: boolean): number | undefined {
  if (neverExpires) return 0
  if (given === undefined) return undefined
  const [, count, unit = 's'] = /^(\d{1,12})([smhd])?$/.exec(given) ?? []
  const lifetime = Number(count) * seconds[unit as keyof typeof seconds]
  if (Number.isSafeInteger(lifetime) && lifetime > 0) return lifetime
  throw new CliError('usage', {
    what: '--expires-in takes a number of seconds above 0, or one with a unit: 30m, 12h, 7d.',
    remedy: 'For a token that never expires there is --never-expires.',
  })
}
