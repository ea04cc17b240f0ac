/** Runs at most `concurrent` tasks at a time and lets at most `waiting` more stand in line. */
export interface BoundedQueue {
  /** The task's outcome; rejects with `QueueFull` without starting it when the line is full. */
  run<T>(task: () => Promise<T>): Promise<T>
}

/** There was no room in the line; nothing was started. */
export class QueueFull extends Error {
  constructor() {
    super('too much work is waiting')
    this.name = 'QueueFull'
  }
}

export function createBoundedQueue(limits: {
  readonly concurrent: number
  readonly waiting: number
}): BoundedQueue {
  const line: (() => void)[] = []
  let running = 0
  return {
    async run(task) {
      if (running < limits.concurrent) running += 1
      else if (line.length >= limits.waiting) throw new QueueFull()
      // The place of the one that ends is handed to the first in line, so nobody who comes in between takes it.
      else await new Promise<void>((resolve) => line.push(resolve))
      try {
        return await task()
      } finally {
        const next = line.shift()
        if (next) next()
        else running -= 1
      }
    },
  }
}
