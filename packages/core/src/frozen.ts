/** Freezes a table and all below it: nobody changes at run time what decides who may send what. */
export function frozen<const T extends object>(table: T): T {
  for (const value of Object.values(table)) if (typeof value === 'object' && value !== null) frozen(value)
  return Object.freeze(table)
}
