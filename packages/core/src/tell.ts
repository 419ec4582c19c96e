/**
 * Calls a listener, whose error is nobody's business here: it surfaces as an unhandled rejection, where the platform
 * reports such, and disturbs no step.
 */
export function tell<T>(listener: (value: T) => void, value: T): void {
  void (async () => listener(value))()
}
