import { errorFields, grantReferences, successFields } from '@particle-grants/reference'

/** Shown in this order, so that a second token looks different. The first ones are the examples of the reference. */
const shown: Readonly<Record<string, readonly string[]>> = {
  access_token: [successFields.access_token.example, 'fedcba9876543210fedcba9876543210fedcba98'],
  refresh_token: [successFields.refresh_token.example, '76543210fedcba9876543210fedcba9876543210'],
  mfa_token: [errorFields.mfa_token.example],
  otp: [grantReferences['urn:custom:mfa-otp'].fields.otp.example, '543210'],
  request_id: ['5b1c4a2e-0d3f-4e6a-9c7b-8a9f0e1d2c3b'],
}

/** Replaces values that differ each time, so that generated pages do not change. */
export class Placeholders {
  readonly #seen = new Map<string, string>()
  readonly #counts = new Map<string, number>()

  /** Shows the value as the next placeholder of this name from now on. */
  learn(name: string, value: string): void {
    if (this.#seen.has(value)) return
    const count = this.#counts.get(name) ?? 0
    const next = shown[name]?.[count]
    if (next === undefined) throw new Error(`There is no placeholder ${count} for ${name}.`)
    this.#seen.set(value, next)
    this.#counts.set(name, count + 1)
  }

  /** Learns every field of a JSON response that differs each time. */
  learnResponse(body: string): void {
    for (const [name, value] of Object.entries(JSON.parse(body) as Record<string, unknown>)) {
      if (name in shown && typeof value === 'string') this.learn(name, value)
    }
  }

  /** Replaces every placeholder with its value: the reverse of `hide`. */
  reveal(text: string): string {
    return [...this.#seen].reduce((revealed, [value, shownAs]) => revealed.replaceAll(shownAs, value), text)
  }

  /** Replaces every learned value with its placeholder. */
  hide(text: string): string {
    return [...this.#seen].reduce((hidden, [value, shownAs]) => hidden.replaceAll(value, shownAs), text)
  }
}
