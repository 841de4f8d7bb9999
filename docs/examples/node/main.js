// node main.js FOLDER: sends one project and one award to the hub and waits for what became of them.

import { randomUUID } from 'node:crypto'
import { SchemaRegistry } from '@kafkajs/confluent-schema-registry'
import kafkajs from 'kafkajs'
import { award, project } from './events.js'
import { read } from './settings.js'

const { Kafka, logLevel } = kafkajs
const SECONDS = 60

async function main(folder) {
  const told = read(folder)
  const kafka = new Kafka({ ...told.kafka, logLevel: logLevel.ERROR })
  const registry = new SchemaRegistry({ host: told.registry })
  // All acks; idempotent: a retry does not send twice.
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
  })
  const receipts = new Receipts(kafka, told)
  await Promise.all([producer.connect(), receipts.open()])
  try {
    // The award names the project, so the project goes first and is awaited.
    for (const [kind, key, event] of [
      ['project', 'project_code', project()],
      ['award', 'award_number', award()],
    ]) {
      const topic = `intake.${told.division}.${kind}`
      const id = await registry.getLatestSchemaId(`${topic}-value`)
      const value = await registry.encode(id, event) // a zero byte, the id, Avro
      const [place] = await producer.send({ topic, acks: -1, messages: [{ key: event[key], value }] })
      const { outcome, receipt } = await receipts.of(topic, place.partition, BigInt(place.baseOffset))
      console.log(`${outcome} ${topic}-${place.partition}@${place.baseOffset} ${receipt}`)
    }
  } finally {
    await Promise.all([producer.disconnect(), receipts.close()])
  }
}

/** What became of records, as the hub says in receipts.<division>. */
class Receipts {
  #consumer
  #topic
  #seen = []
  #waiting = []

  constructor(kafka, told) {
    this.#topic = `receipts.${told.division}`
    // The group's name begins with the user's; a new one reads what is kept from its beginning.
    this.#consumer = kafka.consumer({ groupId: `${told.user}-example-${randomUUID()}` })
  }

  async open() {
    await this.#consumer.connect()
    await this.#consumer.subscribe({ topic: this.#topic, fromBeginning: true })
    await this.#consumer.run({
      eachMessage: async ({ message }) => {
        this.#seen.push(JSON.parse(message.value.toString()))
        this.#waiting.forEach((look) => look())
      },
    })
  }

  of(topic, partition, offset) {
    return new Promise((found, late) => {
      const timer = setTimeout(() => late(new Error(`no receipt in ${this.#topic} within ${SECONDS} s`)), SECONDS * 1000)
      const look = () => {
        for (const { receipt, outcomes } of this.#seen.filter((r) => r.topic === topic && r.partition === partition)) {
          const run = outcomes.find(({ first, last }) => BigInt(first) <= offset && offset <= BigInt(last))
          if (run) {
            clearTimeout(timer)
            found({ outcome: run.outcome, receipt })
          }
        }
      }
      this.#waiting.push(look)
      look()
    })
  }

  close() {
    return this.#consumer.disconnect()
  }
}

if (process.argv.length !== 3) {
  console.error('usage: node main.js FOLDER   (what huiliu publisher add --into FOLDER wrote)')
  process.exit(2)
}
await main(process.argv[2])
