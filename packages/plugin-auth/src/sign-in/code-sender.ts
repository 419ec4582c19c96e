import {
  type CallOptions,
  GrantsError,
  type SecretInput,
  type SignedIn,
  type State,
} from '@particle-grants/core'
import type { AnySession } from '../connection/connection.ts'
import { CliError } from '../errors/cli-error.ts'
import type { RefusedCodes } from '../mfa/refused-codes.ts'

/** What is known of the codes of a challenge. */
export interface KnownCodes {
  readonly refused: RefusedCodes
  /** Called after each refusal, to keep it for the next call. */
  readonly onRefused: () => Promise<void>
}

/** Answers a session's challenge, by no code twice. */
export class CodeSender {
  readonly #session: AnySession
  readonly #codes: KnownCodes

  constructor(session: AnySession, codes: KnownCodes) {
    this.#session = session
    this.#codes = codes
  }

  get state(): State {
    return this.#session.state
  }

  submitOtp(otp: SecretInput, options?: CallOptions): Promise<SignedIn> {
    return this.#once(otp, () => this.#session.submitOtp(otp, options))
  }

  async submitRecoveryCode(code: SecretInput): Promise<SignedIn> {
    try {
      return await this.#once(code, () => this.#session.submitRecoveryCode(code))
    } catch (thrown) {
      if (!(GrantsError.isInstance(thrown) && thrown.code === 'code_refused')) throw thrown
      const { triesLeft } = thrown.details
      throw new CliError('recovery_code_refused', {
        what: 'That recovery code was refused.',
        remedy: `${triesLeft === 1 ? 'One try is left' : `${triesLeft} tries are left`}: give another one, or the code that the authenticator shows.`,
        cause: thrown,
      })
    }
  }

  async #once(given: SecretInput, submit: () => Promise<SignedIn>): Promise<SignedIn> {
    const code = typeof given === 'string' ? given : given.reveal()
    const { refused, onRefused } = this.#codes
    if (refused.has(code)) {
      throw new CliError('code_sent_before', {
        what: 'This code was refused before: it was not sent again.',
        remedy: 'Wait for the next one, and give that.',
      })
    }
    try {
      return await submit()
    } catch (thrown) {
      if (GrantsError.isInstance(thrown) && thrown.code === 'code_refused') {
        refused.add(code)
        await onRefused()
      }
      throw thrown
    }
  }
}
