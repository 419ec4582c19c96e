// In the place of node:crypto in the bundle: loading that takes half as long as starting Node does, and most calls
// need none of it.
const crypto = () => process.getBuiltinModule('node:crypto')

export const createHash = (...call) => crypto().createHash(...call)
export const createHmac = (...call) => crypto().createHmac(...call)
export const randomBytes = (...call) => crypto().randomBytes(...call)
export const randomUUID = (...call) => crypto().randomUUID(...call)
