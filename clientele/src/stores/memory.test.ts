import { describe, expect, it } from 'vitest'
import { describeStore } from '../testing/store-contract.ts'
import { createMemoryStore } from './memory.ts'

describeStore('the memory store', async () => createMemoryStore(), { describe, it, expect })
