const veils = new WeakSet<object>()

/**
 * Stands for an object that works as before, and that no print-out looks into: an agent's sockets and a stream's
 * pipes lead to requests under way, and so to their tokens. A config of an error can be sent again with it.
 */
export function veil<T>(value: T): T {
  if (typeof value !== 'object' || value === null || veils.has(value)) return value
  const hidden: object = value
  const stand = new Proxy(
    {},
    {
      get(_, key) {
        const member: unknown = Reflect.get(hidden, key, hidden)
        return typeof member === 'function' ? member.bind(hidden) : member
      },
      set: (_, key, member) => Reflect.set(hidden, key, member, hidden),
      has: (_, key) => Reflect.has(hidden, key),
      getPrototypeOf: () => Reflect.getPrototypeOf(hidden),
    },
  )
  veils.add(stand)
  return stand as T
}
