import { expect, test } from 'vitest'
import { createBoundedQueue, QueueFull } from './bounded-queue.ts'

function gate() {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { open, opened }
}

test('no more run at once than may, in the order in which they came', async () => {
  const queue = createBoundedQueue({ concurrent: 2, waiting: 10 })
  let running = 0
  let most = 0
  const order: number[] = []
  await Promise.all(
    [1, 2, 3, 4, 5, 6].map((id) =>
      queue.run(async () => {
        order.push(id)
        running += 1
        most = Math.max(most, running)
        await new Promise((resolve) => setImmediate(resolve))
        running -= 1
      }),
    ),
  )
  expect(most).toBe(2)
  expect(order).toEqual([1, 2, 3, 4, 5, 6])
})

test('who finds the line full is told so at once, and nothing was started', async () => {
  const queue = createBoundedQueue({ concurrent: 1, waiting: 1 })
  const { open, opened } = gate()
  const first = queue.run(() => opened)
  const second = queue.run(async () => 'second')
  let started = false
  const third = queue.run(async () => {
    started = true
  })
  await expect(third).rejects.toThrow(QueueFull)
  open()
  await first
  expect(await second).toBe('second')
  expect(started).toBe(false)
})

test('a task that fails frees its place', async () => {
  const queue = createBoundedQueue({ concurrent: 1, waiting: 0 })
  await expect(queue.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await queue.run(async () => 'next')).toBe('next')
})
