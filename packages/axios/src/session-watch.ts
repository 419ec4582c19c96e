import { type BaseSession, GrantsError, type State } from '@particle-grants/core'

/** Why somebody has to sign in: again, or for the first time. */
export type SignInNeeded = GrantsError<'reauthentication_required'> | GrantsError<'not_signed_in'>

/** What an attachment calls when somebody has to sign in. */
export type SignInCallback = (error: SignInNeeded) => void

interface Listener {
  attachments: number
  told: boolean
}

/** Renewals have their own limits; each waiter has one as well. */
const asLongAsItTakes = { timeout: Number.POSITIVE_INFINITY }

const watches = new WeakMap<BaseSession, SessionWatch>()

/** What all attachments of one session share. */
export class SessionWatch {
  /** The last token that the API called dead. */
  dead: string | undefined
  readonly #session: BaseSession
  readonly #listeners = new Map<SignInCallback, Listener>()
  #attachments = 0
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
    this.#waiting ??= this.#session.accessToken(asLongAsItTakes).finally(() => {
      this.#waiting = undefined
    })
    return this.#waiting
  }

  /** Resolves when there is another token than this one, which the API called dead. */
  rejected(token: string): Promise<void> {
    return this.#session.rejected(token, asLongAsItTakes)
  }

  /**
   * Watches the session for an attachment, until the function is called that this gives. A callback is called once each
   * time somebody has to sign in, also where several attachments name it.
   */
  attach(callback: SignInCallback | undefined): () => void {
    this.#attachments += 1
    this.#unsubscribe ??= this.#session.subscribe((state) => this.#notice(state))
    const unlisten = callback && this.#listen(callback)
    return () => {
      unlisten?.()
      this.#attachments -= 1
      if (this.#attachments > 0) return
      this.#unsubscribe?.()
      this.#unsubscribe = undefined
      // From here on nobody notices when it comes to be good again.
      this.dead = undefined
    }
  }

  #listen(callback: SignInCallback): () => void {
    const listener = this.#listeners.get(callback) ?? { attachments: 0, told: false }
    listener.attachments += 1
    this.#listeners.set(callback, listener)
    return () => {
      listener.attachments -= 1
      if (listener.attachments === 0) this.#listeners.delete(callback)
    }
  }

  /** Notes why a request got no token. A session that runs out by the clock changes no state: this is how one learns. */
  tell(error: unknown): void {
    if (!needsSignIn(error)) return
    for (const [callback, listener] of this.#listeners) {
      if (listener.told) continue
      listener.told = true
      // One that throws, now or later, stops nobody.
      void (async () => callback(error))().catch((thrown: unknown) => platform.reportError?.(thrown))
    }
  }

  #notice(state: State): void {
    if (state.status === 'reauthentication_required') {
      this.tell(new GrantsError('reauthentication_required', { reason: state.reason }))
    } else if (state.status === 'signed_in' && !state.tokens.rejected) {
      // The session takes its token for good, be it the one that was called dead, adopted once more.
      this.dead = undefined
      for (const listener of this.#listeners.values()) listener.told = false
    }
  }
}

const platform = globalThis as { readonly reportError?: (error: unknown) => void }

function needsSignIn(error: unknown): error is SignInNeeded {
  return (
    GrantsError.isInstance(error) &&
    (error.code === 'reauthentication_required' || error.code === 'not_signed_in')
  )
}
