// Loaded into the CLI before anything else, so that a picture of it is the same on any day.
const now = Number(process.env.FIXED_CLOCK)
const RealDate = Date

globalThis.Date = class extends RealDate {
  constructor(...given) {
    super(...(given.length === 0 ? [now] : given))
  }

  static now() {
    return now
  }
}
