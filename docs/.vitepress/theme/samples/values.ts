import { reactive } from 'vue'
import { quoteForJavaScript, quoteForShell } from './quote.ts'

/** What the reader may put into the samples. Never a secret that outlives one sign-in, and never in a URL. */
export interface ValueDefinition {
  readonly label: string
  /** The texts in the samples that it replaces. */
  readonly replaces: readonly string[]
  readonly pattern: RegExp
  /** The pattern in words, where a reader types the value. */
  readonly form?: string
}

/** The values of the reader by name. They are kept in memory, for this visit only. */
export const valueDefinitions = {
  username: {
    label: 'Username (email)',
    replaces: ['mfa@example.com', 'dev@example.com'],
    pattern: /^\S.{0,254}$/,
    form: 'at most 255 characters',
  },
  clientId: {
    label: 'Client id',
    replaces: ['my-product-1234', 'my-scripts-5678'],
    pattern: /^[\w-]{3,40}$/,
    form: '3 to 40 letters, digits, hyphens or underscores',
  },
  customer: {
    label: 'Customer',
    replaces: ['jane@example.com'],
    pattern: /^\S{1,255}$/,
    form: 'a name without spaces',
  },
  mfaToken: {
    label: 'mfa_token',
    replaces: ['6e16f915-29f5-9b2b-b752-451a73ec6102'],
    pattern: /^[\w-]{16,128}$/,
  },
} as const satisfies Readonly<Record<string, ValueDefinition>>

/** The name of a value. */
export type ValueName = keyof typeof valueDefinitions

/** The reader's values. Empty: the samples show the example. */
export const values = reactive<Record<ValueName, string>>({
  username: '',
  clientId: '',
  customer: '',
  mfaToken: '',
})

/** Whether a text can be this value. */
export function isValid(name: ValueName, text: string): boolean {
  return valueDefinitions[name].pattern.test(text)
}

/** Returns the text for a sample in this language; `undefined` to show the example. */
export function toSampleText(name: ValueName, language: string): string | undefined {
  const value = values[name]
  if (!isValid(name, value)) return undefined
  return language === 'sh' ? quoteForShell(value) : quoteForJavaScript(value)
}

/** Returns the `mfa_token` in a pasted response, or a token that was pasted alone, if it looks like one. */
export function findMfaToken(pasted: string): string | undefined {
  const token = /["']mfa_token["']\s*:\s*["']([^"'\\]*)["']/.exec(pasted)?.[1] ?? pasted.trim()
  return isValid('mfaToken', token) && /\d/.test(token) ? token : undefined
}
