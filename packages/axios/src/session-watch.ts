import { GrantsError, type Session, type SessionState } from '@particle-grants/core'

/** Why a person must sign in: again, or for the first time. */
export type ReauthenticationError = GrantsError<'reauthentication_required'> | GrantsError<'not_signed_in'>

/** What an attachment calls when a person must sign in. */
export type ReauthenticationCallback = (error: ReauthenticationError) => void

interface Listener {
  attachments: number
  /** Whether it was called since the last sign-in. */
  isNotified: boolean
}

const watches = new WeakMap<Session, SessionWatch>()

/** What all attachments of one session share. */
export class SessionWatch {
  readonly #session: Session
  readonly #listeners = new Map<ReauthenticationCallback, Listener>()
  #attachments = 0
  #waiting: Promise<string> | undefined
  #unsubscribe: (() => void) | undefined

  static of(session: Session): SessionWatch {
    let watch = watches.get(session)
    if (watch === undefined) {
      watch = new SessionWatch(session)
      watches.set(session, watch)
    }
    return watch
  }

  private constructor(session: Session) {
    this.#session = session
  }

  /** Returns a valid token. All requests that wait share one call, and each has its own time limit. */
  getToken(): Promise<string> {
    this.#waiting ??= this.#session.getAccessToken({ timeoutMs: Number.POSITIVE_INFINITY }).finally(() => {
      this.#waiting = undefined
    })
    return this.#waiting
  }

  /**
   * Watches the session for an attachment. Calls the callback once each time a person must sign in, also if several
   * attachments share it. Returns the function that ends the watch.
   */
  attach(callback: ReauthenticationCallback | undefined): () => void {
    this.#attachments += 1
    this.#unsubscribe ??= this.#session.subscribe((state) => this.#onStateChange(state))
    const unlisten = callback && this.#listen(callback)
    return () => {
      unlisten?.()
      this.#attachments -= 1
      if (this.#attachments > 0) return
      this.#unsubscribe?.()
      this.#unsubscribe = undefined
    }
  }

  #listen(callback: ReauthenticationCallback): () => void {
    const listener = this.#listeners.get(callback) ?? { attachments: 0, isNotified: false }
    listener.attachments += 1
    this.#listeners.set(callback, listener)
    return () => {
      listener.attachments -= 1
      if (listener.attachments === 0) this.#listeners.delete(callback)
    }
  }

  /** Reports why a request got no token. A token that expires changes no state, so the first request after that reports it. */
  report(error: unknown): void {
    if (!isReauthenticationError(error)) return
    for (const [callback, listener] of this.#listeners) {
      if (listener.isNotified) continue
      listener.isNotified = true
      // A callback that throws or rejects stops neither the others nor the request.
      void (async () => callback(error))().catch((thrown: unknown) => platform.reportError?.(thrown))
    }
  }

  #onStateChange(state: SessionState): void {
    if (state.status === 'reauthentication_required') {
      const { reason } = state
      const message = 'The access token is no longer valid. Sign in again.'
      this.report(new GrantsError('reauthentication_required', message, { reason }))
    } else if (state.status === 'signed_in') {
      for (const listener of this.#listeners.values()) listener.isNotified = false
    }
  }
}

const platform = globalThis as { readonly reportError?: (error: unknown) => void }

function isReauthenticationError(error: unknown): error is ReauthenticationError {
  return (
    GrantsError.isInstance(error) &&
    (error.code === 'reauthentication_required' || error.code === 'not_signed_in')
  )
}
