import type { Reporter, TestModule } from 'vitest/node'

/** A vitest reporter that closes with the plain line `N passed, N failed, N skipped`, for CI and for people. */
export class PlainLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0, pending: 0 }
    let broken = 0
    for (const module of modules) {
      for (const test of module.children.allTests()) counts[test.result().state] += 1
      // A file that could not even be loaded has no tests to count, and must not look like a success.
      if (module.errors().length > 0) broken += 1
    }
    process.stdout.write(
      `\n${counts.passed} passed, ${counts.failed + broken} failed, ${counts.skipped} skipped\n`,
    )
  }
}
