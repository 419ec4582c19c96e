export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** The mean of the smallest eighth. */
export function fastest(values) {
  const smallest = [...values].sort((a, b) => a - b).slice(0, Math.ceil(values.length / 8))
  return smallest.reduce((sum, value) => sum + value, 0) / smallest.length
}

/** The 95 % interval of the median, by resampling. */
export function interval(values, samples = 1000) {
  const medians = Array.from({ length: samples }, () =>
    median(values.map(() => values[Math.floor(Math.random() * values.length)])),
  ).sort((a, b) => a - b)
  return [medians[Math.floor(samples * 0.025)], medians[Math.floor(samples * 0.975)]]
}

/** Prints rows as a table; the first column to the left, the others to the right. */
export function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => String(row[column]).length)))
  for (const row of rows) {
    const cells = row.map((cell, column) =>
      column === 0 ? String(cell).padEnd(widths[0]) : String(cell).padStart(widths[column]),
    )
    console.log(cells.join('  ').trimEnd())
  }
}

/** How much a value grows from one to the next, by least squares. */
export function slope(values) {
  const middle = (values.length - 1) / 2
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const over = values.reduce((sum, value, index) => sum + (index - middle) * (value - mean), 0)
  return over / values.reduce((sum, _, index) => sum + (index - middle) ** 2, 0)
}
