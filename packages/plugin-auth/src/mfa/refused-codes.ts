import { createHmac } from 'node:crypto'
import type { Secret } from '@particle-grants/core'

/** The codes that were refused for one challenge, so that none is sent twice: each refusal counts towards a lockout. */
export class RefusedCodes {
  readonly #challenge: Secret
  readonly #hashes: Set<string>

  /** `known` are the {@link RefusedCodes.hashes} of an earlier call. */
  constructor(challenge: Secret, known: readonly string[] = []) {
    this.#challenge = challenge
    this.#hashes = new Set(known)
  }

  has(code: string): boolean {
    return this.#hashes.has(this.#hash(code))
  }

  add(code: string): void {
    this.#hashes.add(this.#hash(code))
  }

  get size(): number {
    return this.#hashes.size
  }

  /** They can be kept in the open: without the challenge's token no code can be guessed from them. */
  get hashes(): readonly string[] {
    return [...this.#hashes]
  }

  #hash(code: string): string {
    return createHmac('sha256', this.#challenge.reveal()).update(code.replace(/\s/g, '')).digest('hex')
  }
}
