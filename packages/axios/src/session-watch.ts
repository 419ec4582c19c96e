import { type BaseSession, GrantsError, type State } from '@particle-grants/core'

/** Why somebody has to sign in: again, or for the first time. */
export type SignInNeeded = GrantsError<'reauthentication_required'> | GrantsError<'not_signed_in'>

interface Listener {
  attachments: number
  told: boolean
}

/** Renewals have their own limits; each waiter has one as well. The longest that timers take, in ms. */
const forever = 2 ** 31 - 1

const watches = new WeakMap<BaseSession, SessionWatch>()

/** What all attachments of one session share. */
export class SessionWatch {
  /** The last token that the API called dead. */
  dead: string | undefined
  readonly #session: BaseSession
  readonly #listeners = new Map<(error: SignInNeeded) => void, Listener>()
  #waiting: Promise<string> | undefined
  #unsubscribe: (() => void) | undefined

  static of(session: BaseSession): SessionWatch {
    let watch = watches.get(session)
    if (watch === undefined) {
      watch = new SessionWatch(session)
      watches.set(session, watch)
    }
    return watch
  }

  private constructor(session: BaseSession) {
    this.#session = session
  }

  /** A good token. However many wait, the session is asked once. */
  token(): Promise<string> {
    this.#waiting ??= this.#session.accessToken({ timeout: forever }).finally(() => {
      this.#waiting = undefined
    })
    return this.#waiting
  }

  /** Calls back once each time somebody has to sign in, also where several attachments name one callback. */
  listen(callback: (error: SignInNeeded) => void): () => void {
    const listener = this.#listeners.get(callback) ?? { attachments: 0, told: false }
    listener.attachments += 1
    this.#listeners.set(callback, listener)
    this.#unsubscribe ??= this.#session.subscribe((state) => this.#notice(state))
    return () => {
      listener.attachments -= 1
      if (listener.attachments === 0) this.#listeners.delete(callback)
      if (this.#listeners.size > 0) return
      this.#unsubscribe?.()
      this.#unsubscribe = undefined
    }
  }

  /** Notes why a request got no token. A session that runs out by the clock changes no state: this is how one learns. */
  tell(error: unknown): void {
    if (!needsSignIn(error)) return
    for (const [callback, listener] of this.#listeners) {
      if (listener.told) continue
      listener.told = true
      // One that throws is reported as an unhandled rejection, and stops nobody.
      void (async () => callback(error))()
    }
  }

  #notice(state: State): void {
    if (state.status === 'reauthentication_required') {
      this.tell(new GrantsError('reauthentication_required', { reason: state.reason }))
    } else if (state.status === 'signed_in' && !state.tokens.rejected) {
      for (const listener of this.#listeners.values()) listener.told = false
    }
  }
}

function needsSignIn(error: unknown): error is SignInNeeded {
  return (
    GrantsError.isInstance(error) &&
    (error.code === 'reauthentication_required' || error.code === 'not_signed_in')
  )
}
