/** What a contract suite asks of a test runner. Vitest, Jest and Bun have it; it is passed in, never imported. */
export interface TestFunctions {
  describe(name: string, body: () => void): void
  it(name: string, body: () => Promise<void>): void
  expect(value: unknown): Expectation
}

/** The few comparisons that the contract suites use. */
export interface Expectation {
  toBe(expected: unknown): void
  toStrictEqual(expected: unknown): void
  readonly rejects: { toThrow(expected?: unknown): Promise<unknown> }
}
