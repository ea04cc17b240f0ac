import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { LIBRARY, measureInstall, PACKAGE_README, readMeasured } from './measure-install.ts'

it('the README of the package says how many packages are installed, and about how large they are', () => {
  const said = readMeasured(readFileSync(PACKAGE_README, 'utf8'))
  const measured = [measureInstall(), measureInstall(LIBRARY)]
  expect(said.map(({ packages }) => packages)).toEqual(measured.map(({ packages }) => packages))
  for (const [index, { megabytes }] of measured.entries()) {
    // Sizes differ a little between systems; a package more shows above.
    expect(said[index]!.megabytes).toBeGreaterThan(megabytes * 0.8)
    expect(said[index]!.megabytes).toBeLessThan(megabytes * 1.2)
  }
})

it('the library is a small part of it', () => {
  expect(measureInstall(LIBRARY).packages).toBeLessThan(20)
})

it('what the library loads is what the package names as needed, where it tells the two apart', () => {
  const manifest = JSON.parse(readFileSync(new URL('../clientele/package.json', import.meta.url), 'utf8'))
  if (manifest.optionalDependencies) expect(Object.keys(manifest.dependencies).sort()).toEqual(LIBRARY)
  else expect(Object.keys(manifest.dependencies)).toEqual(expect.arrayContaining([...LIBRARY]))
})
