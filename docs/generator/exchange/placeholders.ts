import { answerFields, errorFields, grantReferences } from '@particle-grants/core/reference'

/** Shown in this order, so that a second token is another one; the first are the catalogue's examples. */
const shown: Readonly<Record<string, readonly string[]>> = {
  access_token: [answerFields.access_token.example, 'fedcba9876543210fedcba9876543210fedcba98'],
  refresh_token: [answerFields.refresh_token.example, '76543210fedcba9876543210fedcba9876543210'],
  mfa_token: [errorFields.mfa_token.example],
  otp: [grantReferences['urn:custom:mfa-otp'].fields.otp.example, '543210'],
  request_id: ['5b1c4a2e-0d3f-4e6a-9c7b-8a9f0e1d2c3b'],
}

/** What is shown where the placeholder of a value stands: the catalogue's own example. */
function placeholder(name: string, at = 0): string {
  const value = shown[name]?.[at]
  if (value === undefined) throw new Error(`There is no placeholder ${at} for ${name}.`)
  return value
}

/** Values that differ with each exchange, and what is shown instead, so that a page is the same each time it is made. */
export class Placeholders {
  readonly #seen = new Map<string, string>()
  readonly #counts = new Map<string, number>()

  /** From now on the value is shown as the next placeholder of this name. */
  learn(name: string, value: string): void {
    if (this.#seen.has(value)) return
    const count = this.#counts.get(name) ?? 0
    this.#seen.set(value, placeholder(name, count))
    this.#counts.set(name, count + 1)
  }

  /** Learns every field of a JSON answer that is known to differ. */
  learnAnswer(body: string): void {
    for (const [name, value] of Object.entries(JSON.parse(body) as Record<string, unknown>)) {
      if (name in shown && typeof value === 'string') this.learn(name, value)
    }
  }

  /** The text with every placeholder replaced by the value that it stands for: what `hide` made, undone. */
  reveal(text: string): string {
    return [...this.#seen].reduce((revealed, [value, stand]) => revealed.replaceAll(stand, value), text)
  }

  /** The text with every value that was learned replaced by its placeholder. */
  hide(text: string): string {
    return [...this.#seen].reduce((hidden, [value, stand]) => hidden.replaceAll(value, stand), text)
  }
}
