import { CliError } from '@particle-grants/plugin-auth'

/**
 * Takes the path of a call, and nothing that could lead to another place: the token goes with it. A query is fine;
 * an address, `//`, a backslash, blanks and what URLs drop silently are refused.
 */
export function ownPath(given: string): string {
  if (!given.startsWith('/'))
    refuse(/^[a-z][a-z0-9+.-]*:/i.test(given) ? 'is an address' : 'does not begin with /')
  if (given.startsWith('//')) refuse('begins with //, which names another host')
  if (given.includes('\\')) refuse('has a backslash, which URLs take for /')
  if (/[\s\p{Cc}]/u.test(given)) refuse('has a blank or a control character: write %20')
  if (given.includes('#')) refuse('has a #, which is never sent: write %23')
  // Any base will do: what leaves it leaves each.
  const base = new URL('https://base.invalid')
  if (new URL(given, base).origin !== base.origin) refuse('leads to another host')
  return given
}

function refuse(problem: string): never {
  throw new CliError('usage', {
    what: `The path ${problem}.`,
    remedy: 'Give a path of the API alone, such as /v1/devices. Another server is chosen by --base-url.',
  })
}
