/** The growth as a picture: one panel a storage, rates as ratios to the smallest registry, over its size. */
import type { StorageName } from './contestant.ts'
import { type GrowthLine, MOST_LOSS } from './growth.ts'

const PANEL = { width: 400, height: 300, left: 52, top: 40, right: 16, bottom: 44 }
const HIGHEST = 1.25
/** Told apart by people who do not see all colours, and by their marks. */
const COLOURS = ['#0072b2', '#d55e00', '#e69f00', '#009e73', '#56b4e9']

export function renderGrowthPlot(lines: readonly GrowthLine[]): string {
  const storages = [...new Set(lines.map(({ storage }) => storage))]
  const works = [...new Set(lines.map(({ work }) => work))]
  // Half of the last label stands beyond the last panel.
  const width = PANEL.width * storages.length + 24
  const height = PANEL.height + 14 + works.length * 18
  const panels = storages.map((storage, index) => {
    const own = lines.filter((line) => line.storage === storage)
    return `<g transform="translate(${index * PANEL.width} 0)">${renderPanel(storage, own, works)}</g>`
  })
  const legend = works.map((work, index) => {
    const y = PANEL.height + 12 + index * 18
    const line = `<path d="M${PANEL.left} ${y}h26" stroke="${COLOURS[index]}" stroke-width="2"/>`
    return `${line}${mark(PANEL.left + 13, y, index)}<text x="${PANEL.left + 36}" y="${y + 4}">${work}</text>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"
  font-family="sans-serif" font-size="12" fill="#222" role="img"
  aria-label="Requests per second over the size of the registry, as ratios to the smallest one">
<rect width="100%" height="100%" fill="#fff"/>
${[...panels, ...legend].join('\n')}
</svg>
`
}

function renderPanel(storage: StorageName, lines: readonly GrowthLine[], works: readonly string[]): string {
  const sizes = lines[0]!.points.map(({ clients }) => clients)
  const [least, most] = [Math.log10(sizes[0]!), Math.log10(sizes.at(-1)!)]
  const inner = {
    width: PANEL.width - PANEL.left - PANEL.right,
    height: PANEL.height - PANEL.top - PANEL.bottom,
  }
  const x = (clients: number) => {
    const share = most === least ? 0.5 : (Math.log10(clients) - least) / (most - least)
    return round(PANEL.left + share * inner.width)
  }
  const y = (ratio: number) =>
    round(PANEL.top + (1 - Math.min(Math.max(ratio, 0), HIGHEST) / HIGHEST) * inner.height)
  const right = PANEL.width - PANEL.right
  const grid = [0, 0.25, 0.5, 0.75, 1, 1.25].map((ratio) => {
    const line = `<path d="M${PANEL.left} ${y(ratio)}H${right}" stroke="#ddd"/>`
    return `${line}<text x="${PANEL.left - 6}" y="${y(ratio) + 4}" text-anchor="end">${ratio.toFixed(2)}</text>`
  })
  const bottom = y(0)
  const ticks = sizes.map((size) => {
    const text = size.toLocaleString('en')
    const line = `<path d="M${x(size)} ${bottom}v5" stroke="#222"/>`
    return `${line}<text x="${x(size)}" y="${bottom + 19}" text-anchor="middle">${text}</text>`
  })
  const bound = y(1 - MOST_LOSS)
  const bounds = `<path d="M${PANEL.left} ${bound}H${right}" stroke="#900" stroke-dasharray="5 4"/>`
  const drawn = lines.map(({ work, points }) => {
    const index = works.indexOf(work)
    const path = points.map(({ clients, ratio }) => `${x(clients)} ${y(ratio)}`).join('L')
    const marks = points.map(({ clients, ratio }) => mark(x(clients), y(ratio), index))
    return `<path d="M${path}" fill="none" stroke="${COLOURS[index]}" stroke-width="2"/>${marks.join('')}`
  })
  const title = `<text x="${PANEL.left}" y="22" font-size="14" font-weight="bold">${storage}</text>`
  const axis = `<text x="${(PANEL.left + right) / 2}" y="${PANEL.height - 6}" text-anchor="middle">clients in the registry</text>`
  return [title, ...grid, bounds, ...ticks, axis, ...drawn].join('\n')
}

/** Another shape for each kind of work. */
function mark(x: number, y: number, index: number): string {
  const fill = COLOURS[index]
  if (index === 0) return `<circle cx="${x}" cy="${y}" r="4" fill="${fill}"/>`
  const corners = index < 3 ? 'M-4 -4H4V4H-4Z' : 'M0 -5L5 4H-5Z'
  const isHollow = index === 2 || index === 4
  return `<path transform="translate(${x} ${y})" d="${corners}" fill="${isHollow ? '#fff' : fill}" stroke="${fill}"/>`
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
