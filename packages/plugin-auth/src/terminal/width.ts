/** What tells a terminal's width. */
export interface Wide {
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
}

/** How many columns a terminal has; one that says nothing, or none, counts for 80. Nothing where it is no terminal. */
export function widthOf({ isTTY, columns }: Wide): number | undefined {
  if (!isTTY) return undefined
  return columns === undefined || columns < 1 ? 80 : columns
}
