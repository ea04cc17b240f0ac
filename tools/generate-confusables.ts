/**
 * Writes clientele/src/policies/confusables/confusables-data.ts from Unicode's confusables.txt (UTS 39 §4):
 * node tools/generate-confusables.ts PATH. The file is at https://www.unicode.org/Public/security/latest/confusables.txt.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { argv } from 'node:process'

const TARGET = new URL('../clientele/src/policies/confusables/confusables-data.ts', import.meta.url)
const LINE = 250

// Its second condition asks for the notice with every copy of the data.
const LICENSE = `UNICODE LICENSE V3

COPYRIGHT AND PERMISSION NOTICE

Copyright © 1991-2025 Unicode, Inc.

NOTICE TO USER: Carefully read the following legal agreement. BY DOWNLOADING, INSTALLING, COPYING OR OTHERWISE USING DATA
FILES, AND/OR SOFTWARE, YOU UNEQUIVOCALLY ACCEPT, AND AGREE TO BE BOUND BY, ALL OF THE TERMS AND CONDITIONS OF THIS
AGREEMENT. IF YOU DO NOT AGREE, DO NOT DOWNLOAD, INSTALL, COPY, DISTRIBUTE OR USE THE DATA FILES OR SOFTWARE.

Permission is hereby granted, free of charge, to any person obtaining a copy of data files and any associated
documentation (the "Data Files") or software and any associated documentation (the "Software") to deal in the Data Files
or Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute,
and/or sell copies of the Data Files or Software, and to permit persons to whom the Data Files or Software are furnished
to do so, provided that either (a) this copyright and permission notice appear with all copies of the Data Files or
Software, or (b) this copyright and permission notice appear in associated Documentation.

THE DATA FILES AND SOFTWARE ARE PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT
LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT OF THIRD PARTY RIGHTS.

IN NO EVENT SHALL THE COPYRIGHT HOLDER OR HOLDERS INCLUDED IN THIS NOTICE BE LIABLE FOR ANY CLAIM, OR ANY SPECIAL INDIRECT
OR CONSEQUENTIAL DAMAGES, OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN ACTION OF
CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF THE DATA
FILES OR SOFTWARE.

Except as contained in this notice, the name of a copyright holder shall not be used in advertising or otherwise to promote
the sale, use or other dealings in these Data Files or Software without prior written authorization of the copyright
holder.`

/** The data as a source text: characters in ascending order, as `step:prototype`, numbers in base 36. */
export function renderConfusables(source: string): string {
  const version = /^# Version: (\S+)$/m.exec(source)?.[1]
  const total = Number(/^# total: (\d+)$/m.exec(source)?.[1])
  const rows = [...source.matchAll(/^([0-9A-F]+) ;\t([0-9A-F ]+) ;\tMA\t/gm)].map(
    ([, from, to]) => [codeOf(from!), to!.trim().split(/ +/).map(codeOf)] as const,
  )
  if (!version || rows.length !== total) throw new Error(`found ${rows.length} rows of ${total}`)
  let last = 0
  const entries = rows
    .toSorted(([a], [b]) => a - b)
    .map(([from, to]) => {
      const step = from - last
      last = from
      return `${step.toString(36)}:${to.map((code) => code.toString(36)).join('+')}`
    })
  const lines: string[] = ['']
  for (const entry of entries) {
    const line = lines.at(-1)!
    if (line.length + entry.length >= LINE) lines.push(entry)
    else lines[lines.length - 1] = line === '' ? entry : `${line} ${entry}`
  }
  const notice = LICENSE.split('\n').map((line) => (line === '' ? ' *' : ` * ${line}`))
  return [
    '/*',
    ` * Made from Unicode's confusables.txt, version ${version}, which this file changes in form only, by`,
    ' * tools/generate-confusables.ts. The data is under this licence:',
    ' *',
    ...notice,
    ' */',
    '',
    '/** The version of the data. */',
    `export const CONFUSABLES_VERSION = '${version}'`,
    '',
    '/** Characters that look like others, and the prototypes of each (UTS 39 §4): `step:prototype`, numbers in base 36. */',
    'export const CONFUSABLES_DATA = `',
    ...lines,
    '`',
    '',
  ].join('\n')
}

function codeOf(hex: string): number {
  return Number.parseInt(hex, 16)
}

if (import.meta.main) writeFileSync(TARGET, renderConfusables(readFileSync(argv[2]!, 'utf8')))
