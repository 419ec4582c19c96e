import type { Store } from '@particle-grants/core'
import { recordKey, type TotpAccount } from './account.ts'

/** As many time steps are remembered: more than a challenge has tries, and than a clock is set back by. */
const remembered = 8

/** A clock that was set back by up to this many steps waits until it is past what was sent; by more, it was wrong before. */
const setBack = 2

/** What came of asking for a time step: it is this caller's alone, or the first one to ask for again. */
export type Claim = { readonly claimed: true } | { readonly claimed: false; readonly next: number }

/**
 * Claims a time step among all processes of this machine: whoever is told so, and nobody else, may send its code.
 * It counts as used from here on, also when sending fails.
 */
export async function claimStep(steps: Store, account: TotpAccount, step: number): Promise<Claim> {
  const name = recordKey('steps', account)
  return steps.withLock(name, async () => {
    const record = await steps.load(name)
    const used = record === undefined ? [] : readUsed(record.value)
    const ahead = used.filter((one) => one >= step && one - step <= setBack)
    if (ahead.length > 0) return { claimed: false, next: Math.max(...ahead) + 1 }
    await steps.save(
      name,
      JSON.stringify({ used: [...used, step].slice(-remembered) }),
      record?.version ?? null,
    )
    return { claimed: true }
  })
}

/** What cannot be read holds nothing that is worth stopping for: codes of long ago. */
function readUsed(text: string): number[] {
  try {
    const { used } = JSON.parse(text) as { used?: unknown }
    return Array.isArray(used) ? used.filter((one): one is number => Number.isSafeInteger(one)) : []
  } catch {
    return []
  }
}
