import { grants } from '@particle-grants/core'
import { lifetimes, sources, tokenLives } from '@particle-grants/core/reference'

/** Whose token's life is drawn: the names of core's `tokenLives`. */
export type LifeKind = keyof typeof tokenLives

/** Something that lasts: from a day to a day, counted from the sign-in. */
export interface Bar {
  readonly from: number
  readonly to: number
  readonly label: string
  /** `useless`: it comes with the answer, and nobody can use it. `next`: what renewing gives. */
  readonly kind: 'good' | 'useless' | 'next'
}

/** A token's life as it is drawn, and in words. */
export interface Timeline {
  readonly title: string
  readonly days: number
  readonly rows: readonly { readonly label: string; readonly bars: readonly Bar[] }[]
  /** When the access token ends, in days, and what to do then. */
  readonly end: { readonly day: number; readonly text: string }
  readonly text: readonly string[]
}

const perDay = 86_400
/** How far the drawing goes past what is last. */
const margin = 16

/** What gets the next token, by the grant that renews. */
const renewals = {
  client_credentials: { text: 'ask again', refreshToken: 'is not needed: asking again does the same' },
  refresh_token: {
    text: 'refresh or ask again',
    refreshToken:
      'gets the next token, once. If it lives 14 days, refreshing on day 90 fails: do it before, or ask with client_credentials',
  },
  null: { text: 'sign in again', refreshToken: 'comes with the answer, and does not work' },
} as const

/** The life of a kind of token, from what core's reference knows of lifetimes and renewal. */
export function timelineOf(kind: LifeKind): Timeline {
  const { title, client, grant, facts } = tokenLives[kind]
  const renewedBy = grants[grant].renewedBy[client]
  const renewal = renewals[`${renewedBy}` as keyof typeof renewals]
  const day = (lifetimes.access_token.seconds[0]?.value ?? 0) / perDay
  const refreshes = lifetimes.refresh_token.seconds.map(({ value, fact }) => ({
    days: value / perDay,
    source: sources[fact.from[0]].title.toLowerCase(),
  }))
  const days = Math.max(day, ...refreshes.map((refresh) => refresh.days)) + margin
  const next: Bar = { from: day, to: days, label: renewal.text, kind: 'next' }
  return {
    title,
    days,
    rows: [
      {
        label: 'Access token',
        bars: [
          { from: 0, to: day, label: `${day} days`, kind: 'good' },
          ...(renewedBy === null ? [] : [{ ...next, label: 'the next one' }]),
        ],
      },
      ...refreshes.map((refresh) => ({
        label: 'Refresh token',
        bars: [
          {
            from: 0,
            to: refresh.days,
            label: `${refresh.days} days (${refresh.source})`,
            kind: renewedBy === 'refresh_token' ? ('good' as const) : ('useless' as const),
          },
        ],
      })),
    ],
    end: { day, text: renewal.text },
    text: [
      `The access token lives ${day} days, unless asked otherwise. Then: ${renewal.text}.`,
      `The refresh token ${renewal.refreshToken}. It lives ${refreshes.map((refresh) => `${refresh.days} days (${refresh.source})`).join(' or ')}.`,
      ...facts.map((fact) => fact.text),
    ],
  }
}
