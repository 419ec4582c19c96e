import { type AnyGrantsError, GrantsError } from '../errors/grants-error.ts'
import { sanitizeCause } from '../errors/sanitize.ts'
import { type FailureBudget, isTicket, type Ticket } from '../failure-budget/failure-budget.ts'
import { laneOf } from '../failure-budget/record.ts'
import type { TokenRequest } from '../grants/catalogue.ts'
import { hash } from '../hash.ts'
import type { Refusal } from '../machine/effect.ts'
import type { Event } from '../machine/event.ts'
import { exchange, type Wire } from './wire.ts'

/** What the failure budget makes of a request: it may go, it may not, or not before the window opens. */
export type Admitted = Ticket | Refusal | 'full'

/** Who wants to send. */
export interface AdmissionOptions {
  /** Nobody asked for this very request: the session renews by itself. */
  readonly automatic: boolean
  /** Nobody waits for it. */
  readonly background: boolean
  /** It renews a token that there is, or was. */
  readonly renewing: boolean
  /** It renews with the client's own credentials what this client has got before. */
  readonly proven: boolean
  readonly signal: AbortSignal | undefined
}

/** Asks the failure budget to let a request go. Never throws: what keeps it from answering is a refusal as well. */
export async function admission(
  { wire, budget }: { readonly wire: Wire; readonly budget: FailureBudget },
  request: TokenRequest,
  { renewing, signal, ...options }: AdmissionOptions,
): Promise<Admitted> {
  const { client } = wire
  const { grant_type } = request
  const scope = request.grant_type === 'client_credentials' ? request.scope : undefined
  try {
    const who = [client.id, client.secret.reveal(), grant_type]
    const candidate = {
      ...options,
      grant_type,
      lane: laneOf(grant_type, renewing),
      clientId: client.id,
      scope,
      client: await fingerprint(who),
      // With the client's own credentials nothing else is sent; elsewhere somebody's password or token decides as well.
      request: grant_type === 'client_credentials' ? await fingerprint([...who, scope ?? '']) : undefined,
    }
    return await budget.enter(candidate, signal)
  } catch (thrown) {
    return signal?.aborted ? { code: 'aborted', details: {} } : lockFailure(thrown)
  }
}

/** Gives a place back that is not used after all. */
export async function release(admitted: Admitted | undefined): Promise<void> {
  if (admitted !== undefined && isTicket(admitted)) await settled(admitted, undefined)
}

/** How an admitted request is sent. */
export interface SendOptions {
  readonly admitted: Ticket | Refusal
  readonly signal: AbortSignal | undefined
  /** Aborted when the store's lock is lost: somebody else may be sending the same by then. */
  readonly lost: AbortSignal | undefined
}

/**
 * Sends a token request that was let go, and reports to the budget what came of it. Gives an event in any case: a
 * request that was not let go failed unsent.
 */
export async function sendAdmitted(
  wire: Wire,
  request: TokenRequest,
  { admitted, signal, lost }: SendOptions,
): Promise<Event> {
  const unsent = (refusal: Refusal): Event => ({ type: 'failed', at: wire.clock.now(), refusal })
  if (!isTicket(admitted)) return unsent(admitted)
  if (lost?.aborted) {
    await release(admitted)
    return unsent({ code: 'store_failed', details: { operation: 'lock' } })
  }
  const event = await exchange(wire, request, signal)
  await settled(admitted, event)
  return event
}

/** Short, so that a keyring's entry holds many, and so that it gives no secret away to who guesses. */
async function fingerprint(parts: readonly string[]): Promise<string> {
  return (await hash(parts)).slice(0, 12)
}

/** The answer counts for more than the record of it: a request that is never settled is swept as a possible failure. */
function settled(ticket: Ticket, event: Event | undefined): Promise<void> {
  return ticket.settle(event).catch(() => {})
}

function lockFailure(thrown: unknown): Refusal {
  if (GrantsError.isInstance(thrown)) {
    const { code, details } = thrown as AnyGrantsError
    return { code, details } as Refusal
  }
  return { code: 'store_failed', details: { operation: 'lock' }, cause: sanitizeCause(thrown, []) }
}
