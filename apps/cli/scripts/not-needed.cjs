// In the place of what oclif finds commands and plugins by: ours are listed.
const never = (name) => () => {
  throw new Error(`${String(name)} is not part of this program.`)
}

module.exports = new Proxy({}, { get: (_, name) => never(name) })
